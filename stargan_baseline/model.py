"""StarGAN's networks, translation and losses behind the harness's interface."""

from torch import Tensor, nn

from bench.blocks.losses import patch_penalty
from bench.blocks.networks import Discriminator, Generator, compose, critique_pair
from bench.method import Batch, Losses, Model, Translation

from . import losses


class StarGan(Model):
    """StarGAN in WGAN-GP or LSGAN form, with or without a mask."""

    def build_generator(self) -> nn.Module:
        problem = self.problem
        return Generator(
            problem.generator_channels, problem.residual_blocks, len(problem.attributes), bool(self.switches["mask"])
        )

    def build_discriminator(self) -> nn.Module:
        problem = self.problem
        return Discriminator(problem.image_size_px, problem.discriminator_channels, len(problem.attributes))

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return compose(images, generator(images, targets))

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        family = self.variant.family
        real_critique, fake_critique = critique_pair(discriminator, batch.images, fake.image)
        penalty = None
        if family == "wgan_gp":
            penalty = patch_penalty(discriminator, batch.images, fake.image, batch.random)
        return losses.discriminator_loss(real_critique, fake_critique, batch.labels, penalty, family, self.weights)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        cycled = self.translate(generator, fake.image, batch.labels).image
        critique, family = discriminator(fake.image), self.variant.family
        return losses.generator_loss(critique, batch.targets, batch.images, cycled, family, self.weights)


MODEL = StarGan
