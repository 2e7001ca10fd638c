"""ACL-GAN's networks, translation and losses behind the harness's interface."""

from collections.abc import Mapping
from typing import cast

from torch import Tensor, nn

from bench.blocks import losses as shared
from bench.blocks.networks import Discriminator, Generator, Head, compose, critique_pair, frame_window
from bench.errors import BenchError
from bench.method import Batch, GrowthStage, GrowthState, Losses, Model, Problem, SwitchValue, Translation, Variant

from . import losses
from .growth import GrowingDiscriminator, GrowingGenerator

WEIGHT_OF = {
    "attribute_real": "lambda_att",
    "attribute_fake": "lambda_att",
    "attribute": "lambda_att",
    "adversarial_real": "lambda_adv",
    "adversarial_fake": "lambda_adv",
    "adversarial": "lambda_adv",
    "classification": "lambda_cls",
    "reconstruction": "lambda_rec",
    "content": "lambda_content",
}


class AclGan(Model):
    """ACL-GAN with any of its parts on or off; with all of them off it is StarGAN."""

    def __init__(
        self, variant: Variant, switches: Mapping[str, SwitchValue], weights: Mapping[str, float], problem: Problem
    ) -> None:
        """As every model; BenchError where the frame's width leaves no window."""
        super().__init__(variant, switches, weights, problem)
        width = switches["frame_width"]
        if isinstance(width, str) or not 0 <= width < 0.5:
            raise BenchError(
                f"Reading 'frame_width' is {width!r}. It is the frame's share of the image side: give a number from 0 "
                "(no frame) to less than 0.5, for example 0.0625."
            )

    def build_generator(self) -> nn.Module:
        problem, masked = self.problem, bool(self.switches["mask"])
        sizes = (problem.generator_channels, problem.residual_blocks, len(problem.attributes), masked)
        stages = self._stages()
        return GrowingGenerator(*sizes, stages) if stages else Generator(*sizes)

    def build_discriminator(self) -> nn.Module:
        problem, attribute = self.problem, bool(self.switches["attribute_loss"])
        outputs = len(problem.attributes) * (2 if attribute and self.switches["complement"] else 1)
        head = cast(Head, self.switches["attribute_head"]) if attribute else "full_field"
        sizes = (problem.image_size_px, problem.discriminator_channels, outputs, not attribute, head)
        stages = self._stages()
        return GrowingDiscriminator(*sizes, stages) if stages else Discriminator(*sizes)

    def grow(self, generator: nn.Module, discriminator: nn.Module, state: GrowthState) -> None:
        if self._stages():
            cast(GrowingGenerator, generator).grow(state)
            cast(GrowingDiscriminator, discriminator).grow(state)

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        width = float(self.switches["frame_width"]) if self.switches["framing"] else 0.0
        window = frame_window(images, width, self.switches["frame_edge"] == "soft") if width else None
        return compose(images, generator(images, targets), window)

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        """Attribute loss: λ_att·(attribute_real + attribute_fake + λ_gp·C·gradient_penalty).

        Without it: λ_adv·(adversarial_real + adversarial_fake + λ_gp·gradient_penalty) + λ_cls·classification.
        """
        attribute, family = self.switches["attribute_loss"], self.variant.family
        real, generated = critique_pair(discriminator, batch.images, fake.image)
        if attribute:
            labels = self._active(batch.labels, self.problem.label_frequencies)
            targets = self._active(batch.targets, self.problem.target_frequencies)
            terms = {
                "attribute_real": losses.attribute_real(real.attributes, labels, family),
                "attribute_fake": losses.attribute_fake(generated.attributes, targets, family),
            }
        else:
            terms = shared.discriminator_terms(real, generated, batch.labels, family)
        if family == "wgan_gp":
            terms["gradient_penalty"] = self._penalty(discriminator, batch, fake.image)
        return self._weighted(terms)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        """λ_att·attribute + λ_content·content.

        Without attribute loss: λ_adv·adversarial + λ_cls·classification. Without content loss: λ_rec·reconstruction.
        """
        critique, family = discriminator(fake.image), self.variant.family
        if self.switches["attribute_loss"]:
            active = self._active(batch.targets, self.problem.target_frequencies)
            terms = {"attribute": losses.attribute_real(critique.attributes, active, family)}
        else:
            terms = shared.generator_terms(critique, batch.targets, family)
        if self.switches["content_loss"]:
            terms["content"] = self._content(generator, batch, fake)
        else:
            reconstructed = self.translate(generator, fake.image, batch.labels).image
            terms["reconstruction"] = shared.l1_distance(batch.images, reconstructed)
        return self._weighted(terms)

    def _stages(self) -> tuple[GrowthStage, ...]:
        """The stages of growth; () where the networks have their full size from the start."""
        return self.variant.stages(self.problem.image_size_px) if self.switches["growing"] else ()

    def _active(self, labels: Tensor, frequencies: tuple[float, ...]) -> Tensor:
        """Activations of labels (B, C), divided by their frequencies under conditional weighting."""
        complement = bool(self.switches["complement"])
        active = losses.activations(labels, complement)
        if self.switches["attribute_weighting"] == "joint":
            return active
        return active * losses.conditional_scale(frequencies, complement, labels.device)

    def _content(self, generator: nn.Module, batch: Batch, fake: Translation) -> Tensor:
        form = self.switches["content_form"]
        if form == "mask_area" and fake.mask is not None:
            return fake.mask.mean()
        if form == "identity":
            return shared.l1_distance(batch.images, self.translate(generator, batch.images, batch.labels).image)
        return shared.l1_distance(batch.images, fake.image)

    def _penalty(self, discriminator: nn.Module, batch: Batch, fake: Tensor) -> Tensor:
        """The WGAN-GP penalty; x̂ mixes fake i with the real image whose labels it aims at: both ends activate alike."""
        if not self.switches["attribute_loss"]:
            return shared.patch_penalty(discriminator, batch.images, fake, batch.random)
        real = batch.images if batch.partner is None else batch.images[batch.partner]
        mixed = shared.interpolate(real, fake, batch.random)

        def critic(images: Tensor) -> Tensor:
            return cast(Tensor, discriminator(images).attributes)

        form, complement = self.switches["penalty_form"], bool(self.switches["complement"])
        if form == "all_mean":
            return losses.all_mean_penalty(critic, mixed)
        if form == "per_attribute":
            active = self._active(batch.targets, self.problem.target_frequencies)
            return losses.per_attribute_penalty(critic, mixed, active)
        return losses.active_mean_penalty(critic, mixed, losses.activations(batch.targets, complement))

    def _weighted(self, terms: dict[str, Tensor]) -> Losses:
        """The terms and their weighted total: λ_att and λ_adv multiply their penalty too."""
        weights = {name: self.weights[WEIGHT_OF[name]] for name in terms if name != "gradient_penalty"}
        if "gradient_penalty" in terms:
            weights["gradient_penalty"] = self._penalty_weight()
        return shared.weighted_sum(terms, weights)

    def _penalty_weight(self) -> float:
        """λ_att·λ_gp (λ_adv·λ_gp), times C for one penalty of the mean active output, as the critic sums C GANs."""
        if not self.switches["attribute_loss"]:
            return self.weights["lambda_adv"] * self.weights["lambda_gp"]
        count = len(self.problem.attributes) if self.switches["penalty_form"] == "active_mean" else 1
        return self.weights["lambda_att"] * self.weights["lambda_gp"] * count


MODEL = AclGan
