"""The autoencoder: 8x8 patches to latents and back, and the causal entropy model of its rate term."""

import functools
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

PATCH = 8


def dct_basis():
    """Rows of the orthonormal two-dimensional 8x8 DCT-II, (frequency_y, frequency_x, 64)."""
    n = torch.arange(PATCH, dtype=torch.float64)
    k = n[:, None]
    rows = torch.cos(math.pi * (2 * n + 1) * k / (2 * PATCH)) * math.sqrt(2 / PATCH)
    rows[0] /= math.sqrt(2)
    return torch.einsum("ay,bx->abyx", rows, rows).reshape(PATCH, PATCH, PATCH * PATCH)


def dct_start(latents):
    """`latents` rows over 3x64 inputs: low luma frequencies, and fewer of two chroma differences."""
    basis = dct_basis()
    order = sorted(((u, v) for u in range(PATCH) for v in range(PATCH)), key=lambda uv: (uv[0] + uv[1], uv))
    luma = torch.tensor([1.0, 1.0, 1.0], dtype=torch.float64) / math.sqrt(3)
    red = torch.tensor([1.0, -0.5, -0.5], dtype=torch.float64) / math.sqrt(1.5)
    blue = torch.tensor([0.0, 1.0, -1.0], dtype=torch.float64) / math.sqrt(2)
    chroma = max(1, latents // 8)
    rows = [(luma, uv) for uv in order[: latents - 2 * chroma]]
    rows += [(red, uv) for uv in order[:chroma]] + [(blue, uv) for uv in order[:chroma]]
    return torch.stack([torch.outer(colour, basis[u, v]).reshape(-1) for colour, (u, v) in rows]).float()


class Block(nn.Module):
    """Depthwise 5x5, then two pointwise convolutions, around a skip."""

    def __init__(self, channels, widening):
        super().__init__()
        self.spread = nn.Conv2d(channels, channels, 5, padding=2, groups=channels)
        self.widen = nn.Conv2d(channels, channels * widening, 1)
        self.narrow = nn.Conv2d(channels * widening, channels, 1)
        nn.init.zeros_(self.narrow.bias)
        self.narrow.weight.data.mul_(0.3)

    def forward(self, x):
        return x + self.narrow(F.relu(self.widen(self.spread(x))))


class Autoencoder(nn.Module):
    def __init__(self, latents, channels, blocks, widening, dct):
        super().__init__()
        self.latents = latents
        # One convolution gives the features and a linear path to the latents, one gives the pixels.
        self.embed = nn.Conv2d(3 * PATCH * PATCH, channels + latents, 1)
        self.encoder = nn.Sequential(*[Block(channels, widening) for _ in range(blocks)])
        self.to_latents = nn.Conv2d(channels, latents, 1)
        self.from_latents = nn.Conv2d(latents, channels, 1)
        self.decoder = nn.Sequential(*[Block(channels, widening) for _ in range(blocks)])
        self.to_pixels = nn.Conv2d(channels + latents, 3 * PATCH * PATCH, 1)
        self.channels = channels
        if dct:
            start = dct_start(latents)
            with torch.no_grad():
                self.embed.weight[channels:] = start[:, :, None, None]
                self.embed.bias[channels:] = 0
                self.to_latents.weight.mul_(0.1)
                self.to_latents.bias.zero_()
                self.to_pixels.weight[:, : channels].mul_(0.1)
                self.to_pixels.weight[:, channels:] = start.t()[:, :, None, None]
                self.to_pixels.bias.zero_()

    def analysis(self, x):
        """(B, 3, H, W) in 0..255 to latents (B, latents, H/8, W/8)."""
        features = self.embed(F.pixel_unshuffle(x / 255 - 0.5, PATCH))
        return features[:, self.channels :] + self.to_latents(self.encoder(features[:, : self.channels]))

    def synthesis(self, y):
        """Latents to (B, 3, H, W) in 0..255, not clipped."""
        features = self.decoder(self.from_latents(y))
        return (F.pixel_shuffle(self.to_pixels(torch.cat([features, y], 1)), PATCH) + 0.5) * 255


def shifted(q, down, right):
    """q as seen from `down` rows below and `right` columns to the right; zero outside."""
    height, width = q.shape[-2:]
    padded = F.pad(q, (max(right, 0), max(-right, 0), max(down, 0), 0))
    column = max(-right, 0)
    return padded[..., :height, column : column + width]


class EntropyModel(nn.Module):
    """A Laplace distribution for each latent; mean and scale from neighbours already coded.

    Neighbours of one position: left, up, up-left, up-right in the same channel; the activity of all
    channels left and up; the earlier channels at the same position. Without `context` the distribution
    is one per channel and level.
    """

    def __init__(self, latents, levels, context):
        super().__init__()
        self.context = context
        self.scale = nn.Parameter(torch.zeros(levels, latents))
        self.predict = nn.Parameter(torch.zeros(3, latents))
        self.weigh = nn.Parameter(torch.full((3, latents), -3.0))

    def weights(self):
        return F.softplus(self.weigh)

    def forward(self, noisy, whole, level):
        """Bits of every latent, from the noisy values; contexts from the whole (rounded) ones."""
        q = whole.detach()
        scale = F.softplus(self.scale[level])[:, :, None, None] + 0.05
        mean = 0.0
        if self.context:
            left, up, up_left, up_right = shifted(q, 0, 1), shifted(q, 1, 0), shifted(q, 1, 1), shifted(q, 1, -1)
            a, b, c = self.predict[:, None, :, None, None]
            mean = a * left + b * up + c * up_left
            same = (2 * left.abs() + 2 * up.abs() + up_left.abs() + up_right.abs()) / 6
            activity = (left.abs() + up.abs()).sum(1, keepdim=True) / 16
            earlier = (torch.cumsum(q.abs(), 1) - q.abs()) / 8
            w = self.weights()[:, None, :, None, None]
            scale = scale + w[0] * same + w[1] * activity + w[2] * earlier
        x = (noisy - mean).abs()
        # P(x - 1/2 .. x + 1/2) of a Laplace distribution with scale s.
        outside = 0.5 * torch.exp(-(x - 0.5).clamp(min=0) / scale)
        inside = 1 - 0.5 * torch.exp(-(0.5 - x).clamp(min=0) / scale)
        upper = torch.where(x > 0.5, outside, inside)
        lower = 0.5 * torch.exp(-(x + 0.5) / scale)
        return -torch.log2((upper - lower).clamp(min=1e-7))


@functools.cache
def gaussian_band(length, size=11, sigma=1.5):
    """The valid Gaussian convolution along one axis as a matrix, which is faster on a CPU than a convolution."""
    x = torch.arange(size, dtype=torch.float32) - size // 2
    g = torch.exp(-(x * x) / (2 * sigma * sigma))
    g = g / g.sum()
    band = torch.zeros(length - size + 1, length)
    for row in range(band.shape[0]):
        band[row, row : row + size] = g
    return band


def blur(x):
    return gaussian_band(x.shape[-2]) @ x @ gaussian_band(x.shape[-1]).t()


WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ms_ssim(a, b, scales):
    """Multi-scale SSIM of luma (B, 1, H, W) in 0..255 (Wang, Simoncelli, Bovik 2003), one value a picture."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    weights = torch.tensor(WEIGHTS[:scales])
    weights = weights / weights.sum()
    total = 1.0
    batch = a.shape[0]
    for scale in range(scales):
        maps = blur(torch.cat([a, b, a * a + b * b, a * b]))
        ma, mb, squares, product = maps.split(batch)
        contrast = (2 * (product - ma * mb) + c2) / (squares - ma * ma - mb * mb + c2)
        if scale == scales - 1:
            luminance = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1)
            value = (luminance * contrast).mean((1, 2, 3))
        else:
            value = contrast.mean((1, 2, 3))
        total = total * value.clamp(min=1e-4) ** weights[scale]
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total


def luma(x):
    return 0.299 * x[:, 0:1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:3]
