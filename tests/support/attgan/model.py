"""AttGAN's networks behind the harness's interface: encoder, decoder under attributes, one trunk with two heads."""

import torch
from torch import Tensor, nn

from bench.method import Batch, Losses, Model, Translation

from . import losses


class EncoderDecoder(nn.Module):
    """Encodes to a quarter of the side, adds the attributes as planes, decodes; one skip at half the side."""

    def __init__(self, channels: int, attributes: int, skip: bool) -> None:
        super().__init__()
        self.skip = skip
        self.first = _layer(nn.Conv2d(3, channels, 4, 2, 1), channels)
        self.second = _layer(nn.Conv2d(channels, 2 * channels, 4, 2, 1), 2 * channels)
        self.third = _layer(nn.ConvTranspose2d(2 * channels + attributes, channels, 4, 2, 1), channels)
        self.last = nn.ConvTranspose2d((1 + skip) * channels, 3, 4, 2, 1)

    def forward(self, images: Tensor, attributes: Tensor) -> Tensor:
        """Images (B, 3, H, W) under attributes (B, C), in [-1, 1]."""
        half = self.first(images)
        code = self.second(half)
        planes = attributes[:, :, None, None].expand(-1, -1, *code.shape[2:])
        decoded = self.third(torch.cat([code, planes], dim=1))
        image: Tensor = torch.tanh(self.last(torch.cat([decoded, half], dim=1) if self.skip else decoded))
        return image


class Critic(nn.Module):
    """A strided trunk with two dense heads: one score, and a logit per attribute."""

    def __init__(self, channels: int, attributes: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(3, channels, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(channels, 2 * channels, 4, 2, 1),
            nn.LeakyReLU(0.2), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        )  # fmt: skip
        self.score = nn.Linear(8 * channels, 1)
        self.attributes = nn.Linear(8 * channels, attributes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Score (B,) and logits (B, C) of images (B, 3, H, W), in float32."""
        features = self.trunk(images)
        return self.score(features).squeeze(1).float(), self.attributes(features).float()


class AttGan(Model):
    """AttGAN in LSGAN form."""

    def build_generator(self) -> nn.Module:
        problem = self.problem
        return EncoderDecoder(problem.generator_channels, len(problem.attributes), bool(self.switches["skip"]))

    def build_discriminator(self) -> nn.Module:
        return Critic(self.problem.discriminator_channels, len(self.problem.attributes))

    def translate(self, generator: nn.Module, images: Tensor, targets: Tensor) -> Translation:
        return Translation(generator(images, targets))

    def discriminator_loss(self, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        real, logits = discriminator(batch.images)
        of_fake, _ = discriminator(fake.image)
        return losses.discriminator_loss(real, of_fake, logits, batch.labels, self.weights)

    def generator_loss(self, generator: nn.Module, discriminator: nn.Module, batch: Batch, fake: Translation) -> Losses:
        score, logits = discriminator(fake.image)
        reconstructed = generator(batch.images, batch.labels)
        return losses.generator_loss(score, logits, batch.targets, batch.images, reconstructed, self.weights)


def _layer(convolution: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(convolution, nn.InstanceNorm2d(channels, affine=True), nn.ReLU())


MODEL = AttGan
