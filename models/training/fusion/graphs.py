"""Writes the two transforms as ONNX graphs."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from base import PATCH, Block
from network import FLAT, WINDOW

OPSET = 17


class Graph:
    def __init__(self):
        self.nodes, self.initialisers, self.count = [], [], 0

    def constant(self, value):
        self.count += 1
        name = f"w{self.count}"
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, kind, inputs, outputs=1, **attributes):
        names = []
        for _ in range(outputs):
            self.count += 1
            names.append(f"t{self.count}")
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, weight, bias, **attributes):
        weight = weight.detach().numpy().astype(np.float32)
        return self.node("Conv", [x, self.constant(weight), self.constant(bias.detach().numpy().astype(np.float32))], **attributes)

    def block(self, x, block):
        channels = block.spread.weight.shape[0]
        y = self.conv(x, block.spread.weight, block.spread.bias, group=channels, pads=[2, 2, 2, 2])
        y = self.node("Relu", [self.conv(y, block.widen.weight, block.widen.bias)])
        return self.node("Add", [x, self.conv(y, block.narrow.weight, block.narrow.bias)])

    def attention(self, x, layer):
        """WindowAttention: pads to whole windows, attends within each, cuts back."""
        heads, width = layer.heads, layer.width
        size = self.node("Slice", [self.node("Shape", [x]), self.ints(2), self.ints(4)])
        window = self.ints(WINDOW, WINDOW)
        windows = self.node("Div", [self.node("Add", [size, self.ints(WINDOW - 1, WINDOW - 1)]), window])
        missing = self.node("Sub", [self.node("Mul", [windows, window]), size])
        pads = self.node("Concat", [self.ints(0, 0, 0, 0, 0, 0), missing], axis=0)
        padded = self.node("Pad", [x, pads], mode="edge")
        scaled = layer.query_key_value.weight.detach().clone()
        shifted = layer.query_key_value.bias.detach().clone()
        scaled[: heads * width] /= width**0.5
        shifted[: heads * width] /= width**0.5
        projected = self.conv(padded, scaled, shifted)
        rows = self.node("Slice", [windows, self.ints(0), self.ints(1)])
        columns = self.node("Slice", [windows, self.ints(1), self.ints(2)])
        eight = self.ints(WINDOW)
        shape = self.node("Concat", [self.ints(3, heads, width), rows, eight, columns, eight], axis=0)
        apart = self.node("Transpose", [self.node("Reshape", [projected, shape])], perm=[0, 3, 5, 1, 4, 6, 2])
        flat = self.node("Reshape", [apart, self.ints(3, -1, heads, WINDOW * WINDOW, width)])
        query, key, value = (self.node("Squeeze", [part, self.ints(0)]) for part in self.node("Split", [flat], 3, axis=0))
        scores = self.node("MatMul", [query, self.node("Transpose", [key], perm=[0, 1, 3, 2])])
        bias = layer.bias.detach()[:, layer.offset].numpy().astype(np.float32)
        weights = self.node("Softmax", [self.node("Add", [scores, self.constant(bias)])], axis=-1)
        mixed = self.node("MatMul", [weights, value])
        shape = self.node("Concat", [rows, columns, self.ints(heads, WINDOW, WINDOW, width)], axis=0)
        together = self.node("Transpose", [self.node("Reshape", [mixed, shape])], perm=[2, 5, 0, 3, 1, 4])
        covered = self.node("Mul", [windows, window])
        shape = self.node("Concat", [self.ints(1, heads * width), covered], axis=0)
        whole = self.node("Reshape", [together, shape])
        cut = self.node("Slice", [whole, self.ints(0, 0), size, self.ints(2, 3)])
        return self.node("Add", [x, self.conv(cut, layer.out.weight, layer.out.bias)])

    def layers(self, x, sequence):
        for layer in sequence:
            x = self.block(x, layer) if isinstance(layer, Block) else self.attention(x, layer)
        return x

    def save(self, path, name, sources, sink, result):
        self.nodes.append(helper.make_node("Identity", [result], [sink.name]))
        graph = helper.make_graph(self.nodes, name, sources, [sink], self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="lydlr-ops")
        model.ir_version = 8
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())


def image_info(name):
    return helper.make_tensor_value_info(name, TensorProto.UINT8, [1, "height", "width", 3])


def latents_info(name, latents):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, latents, "rows", "columns"])


def pictures(graph, *names):
    """Pictures of bytes as (1, 3, height, width) floats."""
    return [graph.node("Cast", [graph.node("Transpose", [name], perm=[0, 3, 1, 2])], to=TensorProto.FLOAT) for name in names]


def export_analysis(model, path):
    graph = Graph()
    image, prediction = pictures(graph, "image", "prediction")
    beyond = graph.node("Sub", [image, prediction])
    weight = model.embed.weight.reshape(-1, 3, PATCH, PATCH)
    x = graph.conv(beyond, weight / 255, model.embed.bias, strides=[PATCH, PATCH])
    features, linear = graph.node("Split", [x, graph.ints(model.channels, model.latents)], 2, axis=1)
    features = graph.layers(features, model.encoder)
    y = graph.conv(features, model.to_latents.weight, model.to_latents.bias)
    sources = [image_info("image"), image_info("prediction")]
    graph.save(path, "analysis", sources, latents_info("latents", model.latents), graph.node("Add", [linear, y]))


def export_synthesis(model, path):
    graph = Graph()
    (prediction,) = pictures(graph, "prediction")
    weight = model.embed_prediction.weight.reshape(-1, 3, PATCH, PATCH)
    # The network was trained on (prediction - FLAT) / 255: folded into the convolution.
    seen = graph.conv(prediction, weight / 255, -FLAT / 255 * weight.sum((1, 2, 3)), strides=[PATCH, PATCH])
    x = graph.node("Add", [graph.conv("latents", model.from_latents.weight, model.from_latents.bias), seen])
    x = graph.layers(x, model.decoder)
    x = graph.node("Concat", [x, "latents"], axis=1)
    # Half of one is folded in so that the cast, which truncates, rounds.
    x = graph.conv(x, model.to_pixels.weight * 255, model.to_pixels.bias * 255 + 0.5)
    x = graph.node("Add", [graph.node("DepthToSpace", [x], blocksize=PATCH, mode="CRD"), prediction])
    x = graph.node("Clip", [x, graph.constant(np.float32(0)), graph.constant(np.float32(255))])
    x = graph.node("Cast", [x], to=TensorProto.UINT8)
    result = graph.node("Transpose", [x], perm=[0, 2, 3, 1])
    sources = [latents_info("latents", model.latents), image_info("prediction")]
    graph.save(path, "synthesis", sources, image_info("image"), result)
