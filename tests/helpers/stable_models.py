"""Stable Diffusion in miniature: random weights in diffusers' own layout, small enough for a test."""

import json

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderTiny,
    EulerAncestralDiscreteScheduler,
    PNDMScheduler,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.-!"
TOKENS = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "re", "red</w>", "<|startoftext|>", "<|endoftext|>"]
VOCABULARY = {token: number for number, token in enumerate(TOKENS)}
ROOM = 16
SCHEDULER = "scheduler/scheduler_config.json"
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
BLOCKS = {
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "attention_head_dim": 4,
    "norm_num_groups": 4,
}


def write_tokenizer(folder, pad):
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps(VOCABULARY))
    (folder / "merges.txt").write_text("#version: 0.2\nr e\nre d</w>\n")
    ends = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    settings = {"tokenizer_class": "CLIPTokenizer", "model_max_length": ROOM, "pad_token": pad, **ends}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def text_config(width, **more):
    ends = {"bos_token_id": VOCABULARY["<|startoftext|>"], "eos_token_id": VOCABULARY["<|endoftext|>"]}
    return CLIPTextConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=ROOM,
        # Larger than CLIP's, so that different texts make a difference to a network that was never trained.
        initializer_factor=20.0,
        **ends,
        **more,
    )


def write_vae(folder):
    AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(4, 8, 8),
        norm_num_groups=4,
        latent_channels=4,
        scaling_factor=0.8,
        sample_size=32,
    ).save_pretrained(folder)


def write_index(folder, kind, **more):
    """As diffusers reads it: each part's library and class."""
    parts = {
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "scheduler": ["diffusers", json.loads((folder / SCHEDULER).read_text())["_class_name"]],
        "feature_extractor": [None, None],
    }
    (folder / "model_index.json").write_text(json.dumps({"_class_name": kind, **parts, **more}))


def write_first(folder):
    """A Stable Diffusion 1: four pixels a latent."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        UNet2DConditionModel(cross_attention_dim=16, **BLOCKS).save_pretrained(folder / "unet")
        write_vae(folder / "vae")
        CLIPTextModel(text_config(16)).save_pretrained(folder / "text_encoder")
    write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    # As Stable Diffusion 1.5 is published.
    PNDMScheduler(**NOISE, skip_prk_steps=True, steps_offset=1).save_pretrained(folder / "scheduler")
    write_index(folder, "StableDiffusionPipeline", safety_checker=[None, None], requires_safety_checker=False)
    return folder


def write_xl(folder):
    """An SDXL turbo: two text encoders, sizes beside the text, an ancestral scheduler."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        UNet2DConditionModel(
            cross_attention_dim=16 + 24,
            addition_embed_type="text_time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=6 * 4 + 12,
            **BLOCKS,
        ).save_pretrained(folder / "unet")
        write_vae(folder / "vae")
        CLIPTextModel(text_config(16)).save_pretrained(folder / "text_encoder")
        second = CLIPTextModelWithProjection(text_config(24, projection_dim=12))
        second.save_pretrained(folder / "text_encoder_2")
    write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    write_tokenizer(folder / "tokenizer_2", "!")
    scheduler = EulerAncestralDiscreteScheduler(**NOISE, timestep_spacing="trailing")
    scheduler.save_pretrained(folder / "scheduler")
    second = {"text_encoder_2": ["transformers", "CLIPTextModelWithProjection"]}
    second["tokenizer_2"] = ["transformers", "CLIPTokenizer"]
    write_index(folder, "StableDiffusionXLPipeline", **second, force_zeros_for_empty_prompt=True)
    return folder


def write_tiny_vae(folder):
    """A tiny autoencoder alone."""
    widths, blocks = (8, 8, 8), (1, 1, 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        AutoencoderTiny(
            encoder_block_out_channels=widths,
            decoder_block_out_channels=widths,
            num_encoder_blocks=blocks,
            num_decoder_blocks=blocks,
        ).save_pretrained(folder)
    return folder
