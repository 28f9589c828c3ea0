"""The autoencoder of family 2: it codes what a picture has beyond its prediction, with windowed attention.

It begins from the published weights of a version of family 1, of which it keeps the channels that carry most.
"""

import pathlib

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

from base import PATCH, Block

WINDOW = 8
"""Side of an attention window in patches: 64 x 64 pixels."""
FLAT = 128
"""What predicts every colour value of a picture that has no other prediction."""


class WindowAttention(nn.Module):
    """Softmax attention among the 64 patches of a window, with a learned bias for each offset, around a skip.

    A grid that no whole number of windows covers is extended by repeating its last row and column.
    """

    def __init__(self, channels, heads, width):
        super().__init__()
        self.heads, self.width = heads, width
        self.query_key_value = nn.Conv2d(channels, 3 * heads * width, 1)
        self.out = nn.Conv2d(heads * width, channels, 1)
        offsets = torch.arange(WINDOW)
        rows, columns = torch.meshgrid(offsets, offsets, indexing="ij")
        place = torch.stack([rows.flatten(), columns.flatten()], 1)
        difference = place[:, None] - place[None] + WINDOW - 1
        self.register_buffer("offset", difference[..., 0] * (2 * WINDOW - 1) + difference[..., 1], persistent=False)
        self.bias = nn.Parameter(torch.zeros(heads, (2 * WINDOW - 1) ** 2))
        self.out.weight.data.mul_(0.1)
        nn.init.zeros_(self.out.bias)

    def split(self, x):
        """(B, k, H, W) to (B * windows, heads, 64, k / heads)."""
        batch, k, height, width = x.shape
        x = x.reshape(batch, self.heads, k // self.heads, height // WINDOW, WINDOW, width // WINDOW, WINDOW)
        return x.permute(0, 3, 5, 1, 4, 6, 2).reshape(-1, self.heads, WINDOW * WINDOW, k // self.heads)

    def forward(self, x):
        batch, _, height, width = x.shape
        below, right = -height % WINDOW, -width % WINDOW
        padded = F.pad(x, (0, right, 0, below), mode="replicate") if below or right else x
        rows, columns = (height + below) // WINDOW, (width + right) // WINDOW
        query, key, value = (self.split(part) for part in self.query_key_value(padded).chunk(3, 1))
        scores = query @ key.transpose(-1, -2) / self.width**0.5 + self.bias[:, self.offset]
        mixed = scores.softmax(-1) @ value
        mixed = mixed.reshape(batch, rows, columns, self.heads, WINDOW, WINDOW, self.width)
        mixed = mixed.permute(0, 3, 6, 1, 4, 2, 5).reshape(batch, -1, rows * WINDOW, columns * WINDOW)
        return x + self.out(mixed[..., :height, :width])


class Autoencoder(nn.Module):
    def __init__(self, recipe):
        super().__init__()
        self.latents, self.channels = recipe["latents"], recipe["channels"]
        patch = 3 * PATCH * PATCH

        def layers(blocks, heads):
            parts = [Block(self.channels, recipe["widening"]) for _ in range(blocks)]
            if heads > 0:
                parts.insert(1, WindowAttention(self.channels, heads, recipe["headWidth"]))
            return nn.Sequential(*parts)

        # One convolution gives the features and a linear path to the latents, one gives the pixels.
        self.embed = nn.Conv2d(patch, self.channels + self.latents, 1)
        self.encoder = layers(recipe["encoderBlocks"], 0)
        self.to_latents = nn.Conv2d(self.channels, self.latents, 1)
        self.from_latents = nn.Conv2d(self.latents, self.channels, 1)
        # The way back sees the prediction too, and so can mend its seams.
        self.embed_prediction = nn.Conv2d(patch, self.channels, 1, bias=False)
        self.decoder = layers(recipe["decoderBlocks"], recipe["heads"])
        self.to_pixels = nn.Conv2d(self.channels + self.latents, patch, 1)
        nn.init.zeros_(self.embed_prediction.weight)

    def analysis(self, x, prediction):
        """Two (B, 3, H, W) in 0..255 to latents (B, latents, H/8, W/8)."""
        features = self.embed(F.pixel_unshuffle((x - prediction) / 255, PATCH))
        return features[:, self.channels :] + self.to_latents(self.encoder(features[:, : self.channels]))

    def synthesis(self, y, prediction):
        """Latents and prediction to (B, 3, H, W) in 0..255, not clipped."""
        seen = self.embed_prediction(F.pixel_unshuffle((prediction - FLAT) / 255, PATCH))
        features = self.decoder(self.from_latents(y) + seen)
        return prediction + 255 * F.pixel_shuffle(self.to_pixels(torch.cat([features, y], 1)), PATCH)


def convolutions(path):
    """Weight and bias of every convolution of a published graph, in order."""
    graph = onnx.load(path).graph
    values = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}
    return [[values[node.input[1]], values[node.input[2]]] for node in graph.node if node.op_type == "Conv"]


def put(conv, weight, bias):
    with torch.no_grad():
        conv.weight.copy_(weight.reshape(conv.weight.shape))
        conv.bias.copy_(bias)


def strongest(importance, count):
    """The places of the `count` largest, in their order."""
    return importance.argsort(descending=True)[:count].sort().values


def put_blocks(sequence, weights, keep):
    """Puts (spread, widen, narrow) triples into blocks that have fewer channels."""
    blocks = [each for each in sequence if isinstance(each, Block)]
    for block, (spread, widen, narrow) in zip(blocks, weights):
        widened = strongest(widen[0].flatten(1).norm(dim=1) * narrow[0].flatten(1).norm(dim=0), block.widen.weight.shape[0])
        put(block.spread, spread[0][keep], spread[1][keep])
        put(block.widen, widen[0][widened][:, keep], widen[1][widened])
        put(block.narrow, narrow[0][keep][:, widened], narrow[1][keep])


def begin_from(model, folder, channels):
    """Begins from the published graphs of a version of family 1 with the same latents and at least as many channels."""
    embed, *middle, out = convolutions(pathlib.Path(folder) / "analysis.onnx")
    blocks = [middle[i : i + 3] for i in range(0, len(middle), 3)]
    embed[0], out[0] = embed[0].flatten(1), out[0].flatten(1)
    carried = out[0].norm(dim=0) + sum(block[1][0].flatten(1).norm(dim=0) for block in blocks)
    keep = strongest(embed[0][:channels].norm(dim=1) * carried, model.channels)
    rows = torch.cat([keep, torch.arange(channels, len(embed[0]))])
    # Export folded x / 255 - 1/2 into the first convolution: the way back. What is flat is 1/2 now.
    put(model.embed, embed[0][rows] * 255, (embed[1] + 0.5 * 255 * embed[0].sum(1))[rows])
    put(model.to_latents, out[0][:, keep], out[1])
    put_blocks(model.encoder, blocks, keep)

    first, *middle, out = convolutions(pathlib.Path(folder) / "synthesis.onnx")
    blocks = [middle[i : i + 3] for i in range(0, len(middle), 3)]
    first[0], out[0] = first[0].flatten(1), out[0].flatten(1)
    carried = out[0][:, :channels].norm(dim=0) + sum(block[1][0].flatten(1).norm(dim=0) for block in blocks)
    keep = strongest(first[0].norm(dim=1) * carried, model.channels)
    columns = torch.cat([keep, torch.arange(channels, out[0].shape[1])])
    put(model.from_latents, first[0][keep], first[1][keep])
    put(model.to_pixels, out[0][:, columns] / 255, (out[1] - 128) / 255)
    put_blocks(model.decoder, [blocks[0], blocks[-1]], keep)


def published_steps(tables):
    """log of 1 / step, (levels, latents)."""
    return torch.from_numpy(-np.log(np.array([level["steps"] for level in tables["levels"]], np.float32)))
