"""The settings of Deforum, of its notebooks and its extension of A1111's web UI; those not read by the reason why."""

from __future__ import annotations

_SAVES = "belongs to how Deforum saves and shows; see artgen run FILE --out DIR, and artgen film"
_VIDEO = "belongs to another video under or over the film; see 'start: {video: FILE}'"
_GUIDED = "pictures between which it is led are not read"
_MASKS = "masks are not read; see the filter 'mask'"
_NOISE = "no noise is laid over the last frame here; 'strength' says how far a frame goes from it"
_SEEDS = "each frame draws its own numbers from the film's one seed"
_SHARPENED = "frames are not sharpened; a higher 'strength' draws more anew"
_COLOURS = "colours are not matched to another frame's; see the loss 'palette', or 'stay' to the last frame"
_STEERED = "is not read; the losses 'exposure', 'palette', 'aesthetic' and 'stay' are its like"
_NETWORK = "belongs to the network there"

_NAMES = {
    _SAVES: """n_batch batch_name filename_format outdir save_samples save_settings display_samples make_grid grid_rows
        save_sample_per_step show_sample_per_step skip_video_for_run_all skip_video_creation make_gif image_path
        mp4_path ffmpeg_location ffmpeg_crf ffmpeg_preset ffmpeg_mode ffmpeg_outdir render_steps path_name_modifier
        store_frames_in_ram timestring resume_from_timestring resume_timestring delete_imgs delete_input_frames
        max_video_frames use_manual_settings frame_interpolation_engine frame_interpolation_x_amount
        frame_interpolation_slow_mo_enabled frame_interpolation_slow_mo_amount frame_interpolation_keep_imgs
        frame_interpolation_use_upscaled r_upscale_video r_upscale_factor r_upscale_model r_upscale_keep_imgs
        save_depth_maps deforum_git_commit_id motion_preview_mode show_info_on_ui show_controlnet_tab opencolab
        override_settings_with_file custom_settings_file""",
    _VIDEO: """extract_nth_frame extract_from_frame extract_to_frame overwrite_extracted_frames use_mask_video
        video_mask_path hybrid_generate_inputframes hybrid_generate_human_masks hybrid_use_first_frame_as_init_image
        hybrid_motion hybrid_motion_use_prev_img hybrid_flow_method hybrid_flow_consistency
        hybrid_consistency_blur hybrid_composite hybrid_comp_mask_type hybrid_comp_mask_inverse
        hybrid_comp_mask_equalize hybrid_comp_mask_auto_contrast hybrid_comp_save_extra_frames
        hybrid_use_init_image hybrid_comp_alpha_schedule hybrid_comp_mask_blend_alpha_schedule
        hybrid_comp_mask_contrast_schedule hybrid_comp_mask_auto_contrast_cutoff_high_schedule
        hybrid_comp_mask_auto_contrast_cutoff_low_schedule hybrid_flow_factor_schedule video_init_path
        color_coherence_video_every_N_frames use_mask_video""",
    _GUIDED: """use_looper init_images image_strength_schedule blendFactorMax blendFactorSlope
        tweening_frames_schedule color_correction_factor image_strength_schedule_series image_keyframe_schedule
        parseq_manifest parseq_use_deltas parseq_non_schedule_overrides animatediff_enabled""",
    _MASKS: """use_mask use_alpha_as_mask mask_file mask_image invert_mask mask_contrast_adjust mask_brightness_adjust
        overlay_mask mask_overlay_blur fill full_res_mask full_res_mask_padding mask_schedule noise_mask_schedule
        use_noise_mask noise_mask init_image_box""",
    _NOISE: """noise_schedule noise_type perlin_w perlin_h perlin_octaves perlin_persistence
        enable_noise_multiplier_scheduling noise_multiplier_schedule enable_ddim_eta_scheduling ddim_eta_schedule
        enable_ancestral_eta_scheduling ancestral_eta_schedule ddim_eta ancestral_eta""",
    _SEEDS: """seed_behavior seed_iter_N seed_schedule enable_subseed_scheduling subseed_schedule
        subseed_strength_schedule subseed subseed_strength seed_enable_extras seed_resize_from_w seed_resize_from_h
        seed_internal""",
    _SHARPENED: "kernel_schedule sigma_schedule amount_schedule threshold_schedule",
    _COLOURS: "color_coherence color_coherence_image_path color_force_grayscale legacy_colormatch",
    _STEERED: """mean_scale var_scale exposure_scale exposure_target colormatch_scale colormatch_image
        colormatch_n_colors ignore_sat_weight clip_name clip_scale aesthetics_scale cutn cut_pow init_mse_scale
        init_mse_image blue_scale gradient_wrt gradient_add_to decode_method grad_threshold_type
        clamp_grad_threshold clamp_start clamp_stop grad_inject_timing""",
    _NETWORK: """sd_model_hash sampler_schedule enable_sampler_scheduling enable_checkpoint_scheduling
        checkpoint_schedule enable_clipskip_scheduling clipskip_schedule clip_skip dynamic_threshold static_threshold
        precision C f n_samples init_latent init_sample init_c cond_uncond_sync tiling restore_faces
        reroll_blank_frames reroll_patience normalize_prompt_weights log_weighted_subprompts scheduler
        scheduler_schedule enable_scheduler_scheduling distilled_cfg_scale_schedule""",
    "is not read; between two drawings there are both, as the camera has them": """optical_flow_cadence cadence_flow
        cadence_flow_factor_schedule optical_flow_redo_generation redo_flow_factor_schedule diffusion_redo
        optical_flow_redo_generation_if_not_in_strength keyframe_distribution""",
    "is drawn once here": "strength_0_no_init prompt timestring",
}
REASONS = {name: reason for reason, names in _NAMES.items() for name in names.split()}
_MOTION = """animation_mode max_frames border angle zoom translation_x translation_y translation_z transform_center_x
    transform_center_y rotation_3d_x rotation_3d_y rotation_3d_z flip_2d_perspective enable_perspective_flip
    perspective_flip_theta perspective_flip_phi perspective_flip_gamma perspective_flip_fv fov fov_schedule near_plane
    far_plane near_schedule far_schedule aspect_ratio_schedule aspect_ratio_use_old_formula use_depth_warping
    depth_algorithm midas_weight padding_mode sampling_mode diffusion_cadence interpolate_key_frames
    interpolate_x_frames fps soundtrack_path add_soundtrack shake_name shake_intensity shake_speed"""
MOTION = frozenset(_MOTION.split())
"""Those that are read where the animation is on."""
REASONS |= dict.fromkeys(MOTION, "belongs to an animation; a run makes one picture")
_READ = """W H seed sampler steps scale cfg_scale_schedule steps_schedule enable_steps_scheduling strength
    strength_schedule prompts animation_prompts positive_prompts negative_prompts animation_prompts_positive
    animation_prompts_negative prompt_weighting use_init init_image model_checkpoint sd_model_name
    contrast_schedule"""
NAMES = frozenset((*REASONS, *_READ.split()))
_TELLING = """strength_schedule noise_schedule contrast_schedule diffusion_cadence seed_behavior color_coherence
    cfg_scale_schedule animation_prompts use_depth_warping perspective_flip_theta sd_model_name W H"""
TELLING = frozenset(_TELLING.split())
"""Names that Disco Diffusion, after which it was made, has not."""
EXTENSION = ("deforum_git_commit_id", "sd_model_name", "cfg_scale_schedule")
"""Names that only the extension of the web UI writes."""
