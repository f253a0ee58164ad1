"""The settings of Disco Diffusion 5 and DiscoArt that are not read, by the reason why; and all of their names."""

from __future__ import annotations

_MOTION = "belongs to an animation; a run makes one picture"
_SAVES = "belongs to how the notebook saves and shows; artgen run FILE --out DIR, and 'frames' of progress.png"
_NETWORK = "belongs to the network, which has its own"
_BATCHES = "a run makes one picture; 'batch' makes several with the seeds that follow"

_NAMES = {
    _MOTION: """animation_mode max_frames key_frames interp_spline angle zoom translation_x translation_y translation_z
        rotation_3d_x rotation_3d_y rotation_3d_z midas_depth_model midas_weight near_plane far_plane fov padding_mode
        sampling_mode frames_scale frames_skip_steps calc_frames_skip_steps video_init_path extract_nth_frame
        persistent_frame_output_in_batch_folder video_init_seed_continuity video_init_flow_warp video_init_flow_blend
        video_init_frames_scale video_init_frames_skip_steps video_init_blend_mode video_init_steps
        video_init_clip_guidance_scale video_init_tv_scale video_init_range_scale video_init_sat_scale
        video_init_cutn_batches video_init_skip_steps video_init_check_consistency warp_interp turbo_mode turbo_steps
        turbo_preroll vr_mode vr_eye_angle vr_ipd flow_warp flow_blend check_consistency flow_video_init_path
        flow_extract_nth_frame flow_lo_res video_source image_prompts rotate_init""",
    _SAVES: """batch_name display_rate intermediate_saves intermediates_in_subfolder steps_per_checkpoint partial_save
        retain_overwritten_frames name_docarray save_rate gif_fps gif_size_ratio image_output visualize_cuts
        partial_saves stop_on_next_loop n_batches_done console_preview drive_results console_preview_width""",
    _NETWORK: """use_secondary_model diffusion_model diffusion_model_config diffusion_steps clip_denoised use_checkpoint
        diffusion_model_custom custom_path secondary_model model_config timestep_respacing use_vertical_ckpt
        randomize_class text_clip_on_cpu truncate_overlength_prompt on_misspelled_token transformation_schedule""",
    _BATCHES: "n_batches batch_size num_batches batch",
    "each picture's guidance has one length here, see 'normalise' and 'clamp' of the generator": """clamp_grad clamp_max
        clamp_start clamp_max_schedule""",
    "a noise prompt beside the text, {noise: 1}, is what is like it": "fuzzy_prompt rand_mag",
    "views are always changed a little by chance": "skip_augs skip_event",
    "prompts may name their own 'perceptor', whose 'weight' may change over the run": "clip_models_schedules",
    "a drawing is always in range here; see the losses 'range' and 'saturation'": "sat_scale",
}
MOTION = frozenset(_NAMES[_MOTION].split())
"""Those that are read where the animation is on."""
REASONS = {name: reason for reason, names in _NAMES.items() for name in names.split()}
READ = frozenset(
    [
        "text_prompts",
        "width",
        "height",
        "width_height",
        "steps",
        "seed",
        "clip_guidance_scale",
        "tv_scale",
        "range_scale",
        "init_image",
        "init_scale",
        "skip_steps",
        "perlin_init",
        "perlin_mode",
        "eta",
        "cut_overview",
        "cut_innercut",
        "cut_ic_pow",
        "cut_icgray_p",
        "cutn_batches",
        "cut_schedules_group",
        "clip_models",
        "use_horizontal_symmetry",
        "use_vertical_symmetry",
        "transformation_percent",
        "set_seed",
        "diffusion_sampling_mode",
        "cutn",
        "cut_ic_pow_final",
        "fps",
    ]
)
MODELS = {
    "ViTB32": "ViT-B/32",
    "ViTB16": "ViT-B/16",
    "ViTL14": "ViT-L/14",
    "ViTL14_336px": "ViT-L/14@336px",
    "ViTL14_336": "ViT-L/14@336px",
    "RN50": "RN50",
    "RN50x4": "RN50x4",
    "RN50x16": "RN50x16",
    "RN50x64": "RN50x64",
    "RN101": "RN101",
    "ViTB32_laion2b_e16": "ViT-B-32::laion2b_e16",
    "ViTB32_laion400m_e31": "ViT-B-32::laion400m_e31",
    "ViTB32_laion400m_32": "ViT-B-32::laion400m_e32",
    "ViTB16_laion400m_e31": "ViT-B-16::laion400m_e31",
    "ViTB16_laion400m_e32": "ViT-B-16::laion400m_e32",
    "RN50_yffcc15m": "RN50::yfcc15m",
    "RN50_cc12m": "RN50::cc12m",
    "RN50_quickgelu_yfcc15m": "RN50-quickgelu::yfcc15m",
    "RN50_quickgelu_cc12m": "RN50-quickgelu::cc12m",
    "RN101_yfcc15m": "RN101::yfcc15m",
    "RN101_quickgelu_yfcc15m": "RN101-quickgelu::yfcc15m",
}
COMMON = frozenset(
    [
        "seed",
        "steps",
        "width",
        "height",
        "eta",
        "batch_size",
        "batch",
        "n_batches",
        "fov",
        "fps",
        "zoom",
        "angle",
        "max_frames",
        "sampling_mode",
    ]
)
"""Those of the names that say nothing about whose the settings are."""
NAMES = frozenset((*REASONS, *READ, *MODELS))
