"""For every check of every contract a component that breaks it, the check, and what its author is told."""

import os
import random
from dataclasses import replace

import numpy as np
import strangers
import torch

from artgen import testing
from tests.contracts import broken_further as further
from tests.contracts import broken_others as others
from tests.contracts import broken_parts as parts
from tests.contracts.broken_parts import count, darken, mean, spec

GENERATORS = [
    (
        parts.Small,
        "it_draws_pictures_of_the_canvas",
        r"the first drawing is \(2, 3, 23, 32\); expected \(2, 3, 24, 32\)",
    ),
    (parts.Bright, "it_draws_pictures_of_the_canvas", r"reaches from 1\.\d+ to 1\.\d+; keep it in \[0, 1\]"),
    (parts.Restless, "drawing_twice_gives_the_same", "only advance.. may move the state"),
    (parts.Restless, "the_seed_is_honoured", "draw every random number from env.random"),
    (parts.Deaf, "the_gradient_reaches_its_state", "has no graph"),
    (parts.Idle, "the_gradient_reaches_its_state", "the gradient moves nothing"),
    (parts.Gambling, "randomness_is_its_own", "it draws from or seeds the global stream of torch"),
    (parts.Contrary, "it_follows_the_gradient", "see that advance.. goes against the gradient"),
    (parts.Crowded, "a_picture_is_the_same_alone_and_in_a_batch", "reach across the batch .they are up to"),
    (parts.Bare, "a_drawing_stays_as_it_was", "return a new tensor from draw"),
    (parts.Forgetful, "its_state_can_be_taken_along", "put all that moves into state_dict"),
    (parts.Exotic, "its_state_can_be_taken_along", r"state_dict\(\)\['kept'\]\[0\]\['colour'\] is a numpy.ndarray"),
    (parts.Later, "every_drawing_is_a_picture", "the drawing at step 17 reaches from"),
    (parts.Last, "every_drawing_is_a_picture", "the finished drawing is NaN"),
    (parts.Hoarding, "every_drawing_is_a_picture", "keep no tensor of each step"),
    (parts.Double, "it_draws_pictures_of_the_canvas", "the first drawing is torch.float64; expected torch.float32"),
    (parts.Homesick, "it_stays_on_its_device", "what it makes lies on the CPU"),
    (parts.Masked, "it_stays_on_its_device", r"mul meets a tensor of the CPU, \(24, 32\), beside those on env.device"),
    (
        lambda env: (env.prompts, env.start, parts.Flat(env))[-1],
        "it_says_what_it_needs",
        "it reads env.prompts, and `needs..` does not say so; add Need.PROMPTS",
    ),
    (lambda env: (env.start, parts.Flat(env))[-1], "it_says_what_it_needs", "reads env.start, .* add Need.START"),
    (parts.Keyed, "its_state_can_be_taken_along", "the keys of a checkpoint are texts"),
]
PAINTERS = [
    (parts.Unpainted, "it_takes_a_picture_over", "after paint.. the drawing is"),
    (parts.Scribbler, "it_takes_a_picture_over", "work on a copy"),
    (parts.Whitewash, "it_takes_a_part_of_a_picture_over", "keep the numbers of what is not covered"),
    (parts.Lazy, "it_takes_a_part_of_a_picture_over", "after paint_over.. the covered part is"),
]
COVERED = [
    (parts.Late, "it_knows_its_cover_or_never_does", "say zeros until there is a drawing"),
    (parts.Over, "it_draws_over_a_ground", "the ground gets another gradient; mix the ground"),
    (parts.Opaque, "it_draws_over_a_ground", "the ground shows elsewhere than `cover` says"),
]
EXPORTING = [
    (parts.Flat, "it_exports_what_its_spec_says", "what it builds has no exported"),
    (parts.Blank, "it_exports_what_its_spec_says", "returns no bytes"),
    (parts.Mixed, "it_exports_what_its_spec_says", "'.txt' of a picture is another in a batch"),
]
CANDIDATES = [
    (parts.Flickering, "its_candidates_are_pictures", "candidate 0 is another picture when it is asked for again"),
    (parts.Perverse, "it_follows_the_comparison", "see that compared.. prefers the lower totals"),
]
LOSSES = [
    (lambda look: look.image, "it_is_finite", r"returns \(2, 3, 24, 32\) for 2 pictures"),
    (lambda look: mean(look.image).log(), "it_is_finite", "value of a picture all black is NaN or infinite"),
    (lambda look: mean(look.image).sqrt(), "it_is_finite", "gradient of a picture all black is NaN or infinite"),
    (lambda look: mean(look.image.detach()), "it_is_finite", "the value has no graph"),
    (lambda look: mean(look.image) / (9 - look.step), "it_is_finite_to_the_end", "at step 9 is NaN or infinite"),
    (lambda look: mean(look.image.round()), "the_gradient_reaches_the_picture", "the loss steers nothing"),
    (lambda look: mean(look.image - look.image.mean()), "each_picture_is_judged_on_its_own", "or say `Need.BATCH"),
    (lambda look: look.image.diff(dim=2).abs().mean(dim=(1, 2, 3)), "it_is_finite", "of 1 x 1 pixels is NaN"),
    (lambda look: mean(look.image).double(), "it_is_finite", "the value is torch.float64; expected torch.float32"),
    (lambda look: look.image.sum(dim=(1, 2, 3)), "its_value_does_not_grow_with_the_canvas", "average over the pixels"),
    (
        lambda look: look.image.mean(dim=3).sum(dim=(1, 2)),
        "its_value_does_not_grow_with_the_canvas",
        "four times as large is worth",
    ),
    (lambda look: mean(look.image.cpu()), "it_stays_on_its_device", "what it makes lies on the CPU"),
    (lambda look: mean(look.image * torch.ones(24, 32)), "it_stays_on_its_device", "mul meets a tensor of the CPU"),
    (lambda look: mean(look.image) * look.image.detach().numpy().mean(), "it_stays_on_its_device", "call .cpu.. first"),
    (
        lambda look: sum(look.embeddings(name).mean(dim=(1, 2)) for name in look.perceptors),
        "it_says_what_it_needs",
        "it reads look.embeddings, and `needs..` does not say so; add Need.VIEWS",
    ),
    (
        lambda look: look.within(look.image[0, 0] * 0 + 1).views("odd-0-clip").mean(dim=(1, 2, 3, 4)),
        "it_says_what_it_needs",
        "it reads look.views",
    ),
    (
        lambda look: look.embeddings("clip").mean(dim=(1, 2)),
        "it_says_what_it_needs",
        "with perceptors called 'odd-0-clip': KeyError: 'clip'; take a perceptor's name",
    ),
    (parts.Hoard(lambda look: mean(look.image)), "it_is_finite_to_the_end", "keep no tensor of each step"),
    (parts.Remembering(), "asked_again_it_says_the_same", "keep nothing from call to call"),
    (parts.Remembering(), "the_seed_is_honoured", "something else the second time"),
    (lambda look: mean(darken(look.image)), "it_changes_nothing_in_place", "it changes look.image"),
    (lambda look: mean(look.image) * random.random(), "randomness_is_its_own", "the global stream of random; use env"),
    (lambda look: mean(look.image) * np.random.rand(), "randomness_is_its_own", "the global stream of numpy"),
    (lambda look: mean(look.image) * torch.rand(1), "randomness_is_its_own", "the global stream of torch"),
]
PERCEPTORS = [
    (others.Long, "images_become_unit_rows", "the rows are not of length 1"),
    (others.Long, "texts_become_unit_rows", "the rows are not of length 1"),
    (others.Illiterate, "texts_become_unit_rows", "'a cat' and 'a dog' get the same row"),
    (others.Blind, "the_gradient_reaches_the_pixels_alone", "no gradient leads from the embedding"),
    (others.Student, "the_gradient_reaches_the_pixels_alone", "reaches weights .bias, weight.; use requires_grad_"),
    (others.Apprentice, "the_gradient_reaches_the_pixels_alone", r"reaches weights .a tensor of \(108, 5\)"),
    (others.Scribe, "texts_become_unit_rows", "the rows of texts have a graph"),
    (others.Exact, "images_become_unit_rows", "the embedding is torch.float64; expected torch.float32"),
    (others.Eye, "it_stays_on_its_device", r"mm meets a tensor of the CPU, \(108, 5\)"),
    (others.Comparing, "rows_do_not_depend_on_their_neighbours", "an image gets another row beside others"),
    (others.Vague, "its_features_are_maps", r"features\(\)\[0\] of 3 images is \(3, 108\)"),
    (others.Painting, "it_changes_nothing_in_place", "it changes the images"),
    (others.Student, "randomness_is_its_own", r"build\(\) draws from or seeds the global stream of torch"),
    (others.Student, "the_seed_is_honoured", "the same seed gives something else"),
]
VIEWS = [
    (lambda env: lambda image, size, step: image, "it_makes_views", r"what it makes is \(2, 3, 24, 32\)"),
    (lambda env: lambda image, size, step: image[:1], "it_makes_views", "it makes 1 views of 2 pictures"),
    (
        lambda env: lambda image, size, step: others.Corners(env)(image, size, step).detach(),
        "the_gradient_reaches_the_picture",
        "no gradient leads from the views to the picture",
    ),
    (others.Mixed, "a_picture_has_the_same_views_alone_and_in_a_batch", "the n views of a picture are neighbours"),
    (
        lambda env: lambda image, size, step: others.Corners(env)(darken(image), size, step),
        "it_changes_nothing_in_place",
        "it changes the picture",
    ),
    (
        lambda env: lambda image, size, step: others.Corners(env)(image, size, step) + (step == 20),
        "it_makes_views_at_every_step",
        "what it makes at step 20 reaches from",
    ),
    (lambda env: parts.Hoard(others.Corners(env)), "it_makes_views_at_every_step", "keep no tensor of each step"),
    (others.Turning, "asked_again_for_a_step_it_makes_the_same", "asked again for the same step, it makes another"),
    (
        lambda env: lambda image, size, step: others.Corners(env)(image.cpu(), size, step),
        "it_stays_on_its_device",
        "what it makes lies on the CPU",
    ),
    (lambda env: lambda image, size, step: image * torch.rand(1), "randomness_is_its_own", "global stream of torch"),
    (lambda env: lambda image, size, step: image * (next(count) % 7), "the_seed_is_honoured", "the same seed"),
]
FILTERS = [
    (lambda image, step: image[..., 1:], "it_keeps_shape_and_range", r"is \(2, 3, 24, 31\); expected \(2, 3, 24, 32\)"),
    (lambda image, step: image * 1.1, "it_keeps_shape_and_range", "keep it in"),
    (lambda image, step: image + (step == 10), "it_changes_the_finished_picture_too", "at env.steps, reaches from"),
    (lambda image, step: image + (step == 7), "it_keeps_the_range_at_every_step", "the changed picture at step 7"),
    (parts.Hoard(lambda image, step: image * 0.5), "it_keeps_the_range_at_every_step", "keep no tensor of each step"),
    (lambda image, step: image.double(), "it_keeps_shape_and_range", "is torch.float64; expected torch.float32"),
    (lambda image, step: image.half(), "it_keeps_shape_and_range", "is torch.float16; expected torch.float32"),
    (lambda image, step: image * torch.ones(24, 32), "it_stays_on_its_device", "beside those on env.device"),
    (parts.Running(), "asked_again_for_a_step_it_makes_the_same", "asked again for the same step, it makes another"),
    (parts.Counting(), "asked_again_for_a_step_it_makes_the_same", "keep nothing from call to call"),
    (lambda image, step: image.round(), "the_gradient_reaches_the_picture", "0 at every pixel"),
    (
        lambda image, step: image * image.mean(),
        "a_picture_is_changed_the_same_alone_and_in_a_batch",
        "a mean, a maximum",
    ),
    (lambda image, step: darken(image), "it_changes_nothing_in_place", "return a new one"),
    (lambda image, step: image * random.random(), "randomness_is_its_own", "global stream of random"),
    (lambda image, step: image * (next(count) % 7), "the_seed_is_honoured", "the same seed"),
]
FINISHES = [
    (lambda made: made.image, "it_makes_the_size_that_it_says", "it returns Tensor; expected artgen.api.Finished"),
    (
        lambda made: replace(made, image=made.image[..., 1:]),
        "it_makes_the_size_that_it_says",
        r"a picture of 24 x 32, which `resized` announces, is \(2, 3, 24, 31\); expected \(2, 3, 24, 32\)",
    ),
    (
        lambda made: replace(made, image=made.image + 0 / torch.tensor(made.image.shape[3] - 1.0)),
        "it_makes_the_size_that_it_says",
        "1 x 1, which `resized` announces, is NaN",
    ),
    (lambda made: replace(made, image=made.image.cpu()), "it_stays_on_its_device", "what it makes lies on the CPU"),
    (lambda made: replace(made, image=made.image * 1.1), "it_keeps_the_range", "keep it in"),
    (lambda made: replace(made, alpha=made.alpha[..., 1:]), "alpha_fits_the_picture", r"the alpha is \(2, 1, 24, 31\)"),
    (
        lambda made: replace(made, image=made.image * made.image.mean()),
        "a_picture_is_finished_the_same_alone_and_in_a_batch",
        "reach across the batch",
    ),
    (lambda made: replace(made, files={".svg": [b""]}), "its_files_are_one_for_each_picture", "1 .svg files of 2"),
    (lambda made: replace(made, files={"svg": [b""] * 2}), "its_files_are_one_for_each_picture", "is no suffix"),
    (lambda made: replace(made, image=darken(made.image)), "it_changes_nothing_in_place", "return a new one"),
    (
        lambda made: replace(made, image=made.image * random.random()),
        "randomness_is_its_own",
        "global stream of random",
    ),
    (lambda made: replace(made, image=made.image * (next(count) % 7)), "the_seed_is_honoured", "the same seed"),
]
REPORTERS = [
    (others.ClumsyReporter, "it_watches", "I never work"),
    (others.Fragile, "it_watches_a_run_that_fails", "I only know runs that end well"),
    (others.Litterer, "it_writes_into_its_folder", "it writes end.png into the current folder; write into env.folder"),
    (others.Keeper, "it_leaves_the_process_and_the_machine_alone", "it writes .*kept.txt; a component has no files"),
    (others.Listener, "it_leaves_the_process_and_the_machine_alone", "it asks the network for 192.0.2.1; a run does"),
    (others.Vandal, "it_changes_nothing_in_place", "it changes the picture that it is shown"),
    (others.Dicing, "randomness_is_its_own", "it draws from or seeds the global stream of random"),
    (others.Thirsty, "randomness_is_its_own", r"build\(\) draws from or seeds the global stream of numpy"),
]


SPECS = [
    (others.Undocumented(), "it_is_documented", "Undocumented has no docstring"),
    (strangers.Misbehave(), "it_is_documented", "no docstring below how, at_step"),
    (others.Unnamed(), "its_type_is_a_literal", "`type` is not fixed to one name"),
    (others.Spaced(), "its_type_is_a_literal", "the type 'very dark' cannot be written"),
    (others.Soft(), "it_is_frozen_and_strict", "the spec can be changed"),
    (others.Lax(), "it_is_frozen_and_strict", "settings that do not exist are let pass"),
    (others.Growing(size=3), "it_survives_a_round_trip", "a recipe could not be replayed"),
    (others.Opaque(), "it_has_a_json_schema", "cannot show its settings to editors"),
    (
        others.Unreachable(),
        "its_widgets_are_right",
        "'share': its high is 2, and the setting must be at least 0 and at most",
    ),
    (others.Misled(), "its_example_is_right", "refused by the spec itself: darkness"),
]
CHANGES = [
    (lambda: torch.set_default_dtype(torch.float64), "torch's default dtype"),
    (lambda: torch.set_grad_enabled(False), "torch's grad mode"),
    (lambda: torch.set_num_threads(torch.get_num_threads() + 1), "torch's number of threads"),
    (lambda: torch.use_deterministic_algorithms(not torch.are_deterministic_algorithms_enabled()), "deterministic"),
    (lambda: torch.set_float32_matmul_precision("medium"), "the precision of matrix products"),
    (lambda: os.chdir("/"), "the current folder"),
    (lambda: os.environ.update(ARTGEN_TRIED="1"), "the environment variable ARTGEN_TRIED"),
]
SPECS += [
    (spec("loss", parts.changing(change)), "it_leaves_the_process_and_the_machine_alone", f"it changes .*{what}")
    for change, what in CHANGES
]
SPECS += [
    (others.Weighing(), "it_leaves_its_weight_to_the_host", "its value depends on `weight`; artgen multiplies"),
    (
        others.Foreseeing(),
        "a_later_value_changes_no_step_before",
        "what share is from step 2 on changes",
    ),
]
KINDS = [
    ("generator", [*GENERATORS, *further.GENERATORS], lambda part: part),
    ("loss", [*LOSSES, *further.LOSSES], lambda part: lambda env: part),
    ("perceptor", [*PERCEPTORS, *further.PERCEPTORS], lambda part: lambda env: part()),
    ("view", [*VIEWS, *further.VIEWS], lambda part: part),
    ("filter", [*FILTERS, *further.FILTERS], lambda part: lambda env: part),
    ("finish", FINISHES, lambda part: lambda env: part),
    ("reporter", [*REPORTERS, *further.REPORTERS], lambda part: lambda env: part()),
]
CASES = [
    *((testing.CONTRACTS[kind], spec(kind, made(part)), *rest) for kind, cases, made in KINDS for part, *rest in cases),
    (
        *(testing.ReporterContract, spec("reporter", others.Homely)),
        *("it_writes_into_its_folder", "I never had a folder"),
    ),
    *((testing.GeneratorContract, spec("generator", part), *rest) for part, *rest in COVERED),
    *((testing.GeneratorContract, spec("generator", part, paints=True), *rest) for part, *rest in PAINTERS),
    *(
        (testing.GeneratorContract, spec("generator", part, forms={".txt": "its colour"}), *rest)
        for part, *rest in EXPORTING
    ),
    *((testing.GeneratorContract, spec("generator", part, gradient=False), *rest) for part, *rest in CANDIDATES),
    *((testing.LossContract, *case) for case in SPECS),
]
