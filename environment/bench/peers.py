"""A process that trains one model of the benchmark in one framework and obeys lines on its input.

    python peers.py keras|torch|jax MODEL FOLDER THREADS [cpu|cuda]

FOLDER holds the initial weights and the batches that our side wrote. The lines are those of
org.lowerbound.bench.Worker: `first` and `loss VALUE` come unasked, and `note TEXT` where something is to be
known; `prepare`, answered by `prepared` once all is compiled; `run SECONDS`, answered by `ran STEPS SECONDS WAY THREADS`; `memory`; `quit`.

The models are written once, over a few operations that each framework has its best form of; where
a framework has more than one way to run a step, the faster one is chosen before the rounds.
"""

from __future__ import annotations

import os
import pathlib
import sys
import time

FRAMEWORK, MODEL, FOLDER, THREADS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4])
DEVICE = sys.argv[5] if len(sys.argv) > 5 else "cpu"
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", JAX_PLATFORMS=DEVICE)
if DEVICE == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
# Three processes share a GPU: none takes all of its memory.
os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
if FRAMEWORK == "jax" and DEVICE == "cpu":
    single = "true" if THREADS > 1 else "false"
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={single} intra_op_parallelism_threads={THREADS}"
    if hasattr(os, "sched_setaffinity") and THREADS < (os.cpu_count() or 1):
        # JAX has no reliable setting for the number of threads; the number of cores it may use is one.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import numpy as np  # noqa: E402

STEPS = 50
RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


# ---- What our side wrote ----


def load() -> tuple[int, dict, list[dict]]:
    batch, parameters, feeds = 0, {}, [{} for _ in range(STEPS)]
    for line in (FOLDER / "manifest.txt").read_text().splitlines():
        kind, name, *numbers = line.split()
        if kind == "batch":
            batch = int(name)
            continue
        shape = [int(n) for n in numbers]
        values = np.fromfile(FOLDER / f"{name}.f32", dtype="<f4")
        if kind == "parameter":
            parameters[name] = values.reshape(shape)
        else:
            values = values.reshape(shape)
            for step, feed in enumerate(feeds):
                feed[name] = values[step % len(values)]
    return batch, parameters, feeds


def channels_last(parameters: dict, feeds: list[dict]) -> None:
    """Convolutions on a CPU want the channels last in Keras and JAX: pictures and kernels to match."""
    for feed in feeds:
        feed["x"] = feed["x"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).reshape(-1, 3072)
    parameters["encoder.W1"] = parameters["encoder.W1"].reshape(64, 8, 8, -1).transpose(1, 2, 0, 3).reshape(4096, -1)
    unfold = parameters["decoder.Wunfold"]
    parameters["decoder.Wunfold"] = unfold.reshape(-1, 64, 8, 8).transpose(0, 2, 3, 1).reshape(-1, 4096)
    parameters["decoder.bunfold"] = parameters["decoder.bunfold"].reshape(64, 8, 8).transpose(1, 2, 0).reshape(-1)


def channels_first(parameters: dict) -> None:
    """PyTorch's kernels: [out, in, height, width] forward, [in, out, height, width] transposed."""
    for name in ("encoder.K1", "encoder.K2", "decoder.K1", "decoder.Kout"):
        parameters[name] = np.ascontiguousarray(parameters[name].transpose(3, 2, 0, 1))


# ---- The models, over the operations `f` of a framework ----


def gaussian_kl(f, mean, logvar):
    return 0.5 * f.sum(mean * mean + f.exp(logvar) - logvar - 1.0, 1)


def vae(f, p, feed):
    x = feed["x"]
    h = f.tanh(f.affine(x, p["encoder.W1"], p["encoder.b1"]))
    mean = f.affine(h, p["encoder.Wmean"], p["encoder.bmean"])
    logvar = f.affine(h, p["encoder.Wlogvar"], p["encoder.blogvar"])
    z = mean + f.exp(0.5 * logvar) * feed["noise"]
    g = f.tanh(f.affine(z, p["decoder.W1"], p["decoder.b1"]))
    a = f.affine(g, p["decoder.Wout"], p["decoder.bout"])
    return f.mean(gaussian_kl(f, mean, logvar) + f.sum(f.cross_entropy(a, x), 1))


def conv_vae(f, p, feed):
    x, deviation = feed["x"], 0.5
    h = f.relu(f.convolution(f.picture(x, 3, 32), p["encoder.K1"], p["encoder.k1"]))
    h = f.relu(f.convolution(h, p["encoder.K2"], p["encoder.k2"]))
    h = f.relu(f.affine(f.reshape(h, (-1, 4096)), p["encoder.W1"], p["encoder.b1"]))
    mean = f.affine(h, p["encoder.Wmean"], p["encoder.bmean"])
    logvar = f.affine(h, p["encoder.Wlogvar"], p["encoder.blogvar"])
    z = mean + f.exp(0.5 * logvar) * feed["noise"]
    g = f.relu(f.affine(z, p["decoder.W1"], p["decoder.b1"]))
    g = f.picture(f.relu(f.affine(g, p["decoder.Wunfold"], p["decoder.bunfold"])), 64, 8)
    g = f.relu(f.deconvolution(g, p["decoder.K1"], p["decoder.k1"], 16))
    a = f.reshape(f.deconvolution(g, p["decoder.Kout"], p["decoder.bout"], 32), (-1, 3072))
    error = (x - a) / deviation
    logp = -f.sum(0.5 * error * error, 1) - 3072 * (np.log(deviation) + 0.5 * np.log(2 * np.pi))
    return f.mean(gaussian_kl(f, mean, logvar) - logp)


def made(f, p, feed):
    h = feed["x"]
    layer = 1
    while f"W{layer}" in p:
        h = f.relu(f.affine(h, p[f"W{layer}"] * feed[f"MW{layer}"], p[f"b{layer}"]))
        layer += 1
    a = f.affine(h, p["V"] * feed["MV"], p["c"]) + feed["x"] @ (p["A"] * feed["MA"])
    return f.mean(f.sum(f.cross_entropy(a, feed["x"]), 1))


def m2(f, p, feed):
    u, x, y = feed["u"], feed["x"], feed["y"]

    def classifier(rows):
        return f.log_softmax(f.affine(f.relu(f.affine(rows, p["Wc"], p["bc"])), p["Wl"], p["bl"]))

    logq = classifier(u)
    rows = f.concat([f.tile(u, 10), x])
    classes = f.concat([feed["every"], y])
    pixels = f.concat([f.tile(u @ p["Wx"], 10), x @ p["Wx"]])
    h = f.relu(pixels + f.affine(classes, p["Wy"], p["bh"]))
    mean = f.affine(h, p["Wm"], p["bm"])
    logvar = f.affine(h, p["Wv"], p["bv"])
    z = mean + f.exp(0.5 * logvar) * feed["noise"]
    g = f.relu(f.affine(z, p["Wz"], p["bg"]) + classes @ p["Wg"])
    bound = -f.sum(f.cross_entropy(f.affine(g, p["Wo"], p["bo"]), rows), 1) - gaussian_kl(f, mean, logvar)
    q = f.exp(logq)
    share = f.concat([f.reshape(f.transpose(q), (-1,)), f.sum(y, 1)])
    entropy = -f.mean(f.sum(q * logq, 1))
    classified = 0.1 * f.mean(f.sum(y * classifier(x), 1))
    return -(11.0 * f.mean(share * bound) + entropy + classified)


def lstm(f, p, feed):
    """Summed over the 50 characters, a mean over the sequences; gates in the order of PyTorch and Keras."""
    states = f.lstm(feed["x"], p["0_W"], p["0_RW"], p["0_b"])
    logits = f.affine(f.reshape(states, (-1, 256)), p["1_W"], p["1_b"])
    return -50.0 * f.mean(f.sum(f.log_softmax(logits) * f.reshape(feed["y"], (-1, 65)), 1))


MODELS = {"vae": vae, "made-500": made, "made-1000x2": made, "conv-vae": conv_vae, "m2": m2, "lstm": lstm}


# ---- The frameworks: each returns a function that makes one step and gives its loss, and one that gives the loss ----


def torch_steps(parameters, feeds):
    import torch
    import torch.nn.functional as tf

    torch.set_num_threads(THREADS)
    torch.set_num_interop_threads(1)
    # Single precision means single precision, on a GPU too.
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False

    class Operations:
        tanh, relu, exp = map(staticmethod, (torch.tanh, torch.relu, torch.exp))
        mean, reshape, concat = map(staticmethod, (torch.mean, torch.reshape, torch.cat))

        def affine(self, x, w, b):
            return torch.addmm(b, x, w)

        def sum(self, x, axis):
            return torch.sum(x, axis)

        def cross_entropy(self, a, x):
            return tf.binary_cross_entropy_with_logits(a, x, reduction="none")

        def log_softmax(self, x):
            return tf.log_softmax(x, 1)

        def tile(self, x, k):
            return x.repeat(k, 1)

        def transpose(self, x):
            return x.T

        def picture(self, x, channels, side):
            return x.reshape(-1, channels, side, side)

        def convolution(self, x, k, b):
            return tf.conv2d(x, k, b, stride=2, padding=1)

        def deconvolution(self, x, k, b, side):
            return tf.conv_transpose2d(x, k, b, stride=2, padding=1)

        def lstm(self, x, w, r, b):
            zeros = x.new_zeros(1, x.shape[0], 256)
            return torch.lstm(x, (zeros, zeros), [w, r, b, torch.zeros_like(b)], True, 1, 0.0, True, False, True)[0]

    if MODEL == "conv-vae":
        channels_first(parameters)
    if MODEL == "lstm":
        for name in ("0_W", "0_RW"):
            parameters[name] = np.ascontiguousarray(parameters[name].T)
        sequences_last(feeds)
    p = {name: torch.tensor(value, device=DEVICE).requires_grad_() for name, value in parameters.items()}
    ready = tensors(feeds, lambda value: torch.tensor(value, device=DEVICE))
    operations, model = Operations(), MODELS[MODEL]
    optimiser = torch.optim.Adam(list(p.values()), lr=RATE, betas=(BETA1, BETA2), eps=EPSILON, fused=True)

    def stepping(loss_of, threads=THREADS):
        def step(i):
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(ready[i])
            loss.backward()
            optimiser.step()
            return loss.item()

        return step

    def loss_of(feed):
        return model(operations, p, feed)

    def evaluate(i):
        with torch.no_grad():
            return loss_of(ready[i]).item()

    ways = {"eager": (stepping(loss_of), THREADS)}
    if THREADS > 1 and DEVICE == "cpu":
        ways["eager, one thread"] = (stepping(loss_of, 1), 1)
    why = no_compiler(torch)
    if why:
        say(f"note torch.compile is left out: {why}")
    else:
        ways["compiled"] = (stepping(torch.compile(loss_of, dynamic=False)), THREADS)
        if DEVICE == "cuda":
            graphs = torch.compile(loss_of, dynamic=False, mode="reduce-overhead")

            def replayed(feed):
                torch.compiler.cudagraph_mark_step_begin()
                return graphs(feed)

            ways["compiled, CUDA graphs"] = (stepping(replayed), THREADS)
    return ways, evaluate


def no_compiler(torch) -> str:
    """Why torch.compile cannot work here; nothing where it can be tried."""
    import shutil
    import sysconfig

    if os.environ.get("BENCH_COMPILE") == "0":
        return "BENCH_COMPILE is 0"
    if DEVICE == "cuda":
        import importlib.util

        return "" if importlib.util.find_spec("triton") else "Triton is not installed"
    if not any(shutil.which(name) for name in (os.environ.get("CXX", "g++"), "clang++")):
        return "there is no C++ compiler (on Debian or Ubuntu: apt install g++)"
    if not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's headers are missing (on Debian or Ubuntu: apt install python3-dev)"
    return ""


def keras_steps(parameters, feeds):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    import keras

    class Operations:
        tanh, relu, exp = map(staticmethod, (tf.tanh, tf.nn.relu, tf.exp))
        mean, reshape = map(staticmethod, (tf.reduce_mean, tf.reshape))
        log_softmax, transpose = map(staticmethod, (tf.nn.log_softmax, tf.transpose))

        def affine(self, x, w, b):
            return tf.matmul(x, w) + b

        def sum(self, x, axis):
            return tf.reduce_sum(x, axis)

        def cross_entropy(self, a, x):
            return tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=a)

        def concat(self, parts):
            return tf.concat(parts, 0)

        def tile(self, x, k):
            return tf.tile(x, [k, 1])

        def picture(self, x, channels, side):
            return tf.reshape(x, (-1, side, side, channels))

        def convolution(self, x, k, b):
            return tf.nn.bias_add(tf.nn.conv2d(x, k, 2, "SAME"), b)

        def deconvolution(self, x, k, b, side):
            shape = (x.shape[0] or tf.shape(x)[0], side, side, k.shape[2])
            return tf.nn.bias_add(tf.nn.conv2d_transpose(x, k, shape, 2, "SAME"), b)

        def lstm(self, x, w, r, b):
            return recurrent(x)

    recurrent = None
    if MODEL == "conv-vae":
        channels_last(parameters, feeds)
    if MODEL == "lstm":
        sequences_last(feeds)
        recurrent = keras.layers.LSTM(256, return_sequences=True, unroll=False)
        recurrent.build((32, 50, 65))
        recurrent.set_weights([parameters.pop(n) for n in ("0_W", "0_RW", "0_b")])
    p = {name: keras.Variable(value, name=name.replace(".", "_")) for name, value in parameters.items()}
    if recurrent is not None:
        p |= {name: v for name, v in zip(("0_W", "0_RW", "0_b"), recurrent.trainable_variables)}
    ready = tensors(feeds, tf.constant)
    operations, model = Operations(), MODELS[MODEL]
    variables = list(p.values())

    class Adam(keras.optimizers.Adam):
        """Algorithm 1 of Kingma and Ba (2015), like the other frameworks' Adam.

        Keras's own is the reordered form of their section 2, α√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε̂), with a constant ε̂: what
        it adds counts 1/√(1−β₂ᵗ) times as much, 32 times in the first step. With ε̂ = ε√(1−β₂ᵗ) the two are one.
        """

        def update_step(self, gradient, variable, learning_rate):
            steps = tf.cast(self.iterations + 1, variable.dtype)
            self.epsilon = EPSILON * tf.sqrt(1 - tf.pow(tf.cast(BETA2, variable.dtype), steps))
            super().update_step(gradient, variable, learning_rate)

    optimiser = Adam(RATE, beta_1=BETA1, beta_2=BETA2, epsilon=EPSILON)
    optimiser.build(variables)

    def step(feed):
        with tf.GradientTape() as tape:
            loss = model(operations, {n: v.value for n, v in p.items()}, feed)
        optimiser.apply(tape.gradient(loss, [v.value for v in variables]), variables)
        return loss

    graph = tf.function(step)
    compiled = tf.function(step, jit_compile=True)
    loss = tf.function(lambda feed: model(operations, {n: v.value for n, v in p.items()}, feed))
    return (
        {
            "graph": (lambda i: graph(ready[i]).numpy(), THREADS),
            "compiled": (lambda i: compiled(ready[i]).numpy(), THREADS),
        },
        lambda i: loss(ready[i]).numpy(),
    )


def jax_steps(parameters, feeds):
    import functools

    import jax
    import jax.numpy as jnp

    # Single precision means single precision, on a GPU too.
    jax.config.update("jax_default_matmul_precision", "highest")

    class Operations:
        tanh, relu, exp = map(staticmethod, (jnp.tanh, jax.nn.relu, jnp.exp))
        mean, reshape = map(staticmethod, (jnp.mean, jnp.reshape))
        concat, transpose = map(staticmethod, (jnp.concatenate, jnp.transpose))

        def log_softmax(self, x):
            return jax.nn.log_softmax(x, 1)

        def affine(self, x, w, b):
            return x @ w + b

        def sum(self, x, axis):
            return jnp.sum(x, axis)

        def cross_entropy(self, a, x):
            return jax.nn.softplus(a) - x * a

        def tile(self, x, k):
            return jnp.tile(x, (k, 1))

        def picture(self, x, channels, side):
            return x.reshape(-1, side, side, channels)

        def convolution(self, x, k, b):
            layout = ("NHWC", "HWIO", "NHWC")
            return jax.lax.conv_general_dilated(x, k, (2, 2), "SAME", dimension_numbers=layout) + b

        def deconvolution(self, x, k, b, side):
            return jax.lax.conv_transpose(x, k, (2, 2), "SAME", transpose_kernel=True) + b

        def lstm(self, x, w, r, b):
            inputs = jnp.swapaxes(x @ w + b, 0, 1)

            def cell(state, given):
                h, c = state
                write, forget, candidate, output = jnp.split(given + h @ r, 4, axis=1)
                c = jax.nn.sigmoid(forget) * c + jax.nn.sigmoid(write) * jnp.tanh(candidate)
                h = jax.nn.sigmoid(output) * jnp.tanh(c)
                return (h, c), h

            zeros = jnp.zeros((x.shape[0], 256))
            return jnp.swapaxes(jax.lax.scan(cell, (zeros, zeros), inputs)[1], 0, 1)

    if MODEL == "conv-vae":
        channels_last(parameters, feeds)
    if MODEL == "lstm":
        sequences_last(feeds)
    ready = tensors(feeds, jnp.array)
    operations, model = Operations(), MODELS[MODEL]
    p = {name: jnp.array(value) for name, value in parameters.items()}
    zeros = {name: jnp.zeros_like(value) for name, value in p.items()}
    state = [p, zeros, {name: value + 0 for name, value in zeros.items()}, 0]

    @functools.partial(jax.jit, donate_argnums=(0, 1, 2))
    def update(p, m, v, t, feed):
        loss, slope = jax.value_and_grad(lambda p: model(operations, p, feed))(p)
        m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, slope)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, slope)
        first, second = 1 / (1 - BETA1**t), 1 / (1 - BETA2**t)
        p = jax.tree.map(lambda p, m, v: p - RATE * (m * first) / (jnp.sqrt(v * second) + EPSILON), p, m, v)
        return p, m, v, loss

    def step(i):
        state[3] += 1
        *state[:3], loss = update(*state[:3], float(state[3]), ready[i])
        return float(loss)

    loss = jax.jit(lambda p, feed: model(operations, p, feed))
    return {"compiled": (step, THREADS)}, lambda i: float(loss(state[0], ready[i]))


def sequences_last(feeds: list[dict]) -> None:
    for feed in feeds:
        for name in ("x", "y"):
            feed[name] = np.ascontiguousarray(feed[name].transpose(0, 2, 1))


def tensors(feeds: list[dict], make) -> list[dict]:
    """The batches in the framework's own arrays; what is the same in all steps is made once."""
    made = {}

    def once(value):
        key = value.__array_interface__["data"][0]
        if key not in made:
            made[key] = make(value)
        return made[key]

    return [{name: once(value) for name, value in feed.items()} for feed in feeds]


def resident_peak() -> int:
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    return 0


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    _, parameters, feeds = load()
    ways, evaluate = {"torch": torch_steps, "keras": keras_steps, "jax": jax_steps}[FRAMEWORK](parameters, feeds)
    wanted = os.environ.get("BENCH_WAY", "")
    if wanted:
        ways = {name: way for name, way in ways.items() if name.startswith(wanted)}
        if not ways:
            sys.exit(f"{FRAMEWORK} has no way '{wanted}' here.")
    # The fixed steps are made in the first way, whose time to the first step counts.
    step, _ = next(iter(ways.values()))
    step(0)
    say("first")
    for i in range(1, STEPS):
        step(i)
    say(f"loss {evaluate(0)}")
    i = STEPS
    chosen = None
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        if words[0] == "memory":
            say(f"memory {resident_peak()}")
            continue
        if words[0] == "prepare":
            warm(ways)
            say("prepared")
            continue
        if chosen is None:
            chosen = fastest(ways)
        (step, threads), steps, start = ways[chosen], 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < float(words[1]):
            step(i % STEPS)
            i += 1
            steps += 1
        say(f"ran {steps} {elapsed:.6f} {chosen.replace(' ', '-').replace(',', '')} {threads}")


def warm(ways: dict) -> None:
    """Takes each way a few steps, so that all is compiled; a way that cannot be gone here is dropped, and said."""
    for name, (step, _) in list(ways.items()):
        try:
            for i in range(4):
                step(i)
        except Exception as error:
            del ways[name]
            lines = str(error).strip().splitlines()
            say(f"note {name} does not work here: {lines[0] if lines else type(error).__name__}")
            print(f"{FRAMEWORK} {name}: {error}", file=sys.stderr)
    if not ways:
        sys.exit(f"{FRAMEWORK} has no way to run.")


def fastest(ways: dict) -> str:
    """Tries each way of running a step for a moment, warm."""
    warm(ways)
    best: dict = {}
    for _ in range(2):
        for name, (step, _) in ways.items():
            start, steps = time.perf_counter(), 0
            while time.perf_counter() - start < 0.3:
                step(steps % STEPS)
                steps += 1
            best[name] = min(best.get(name, np.inf), (time.perf_counter() - start) / steps)
    return min(best, key=best.get)


if __name__ == "__main__":
    main()
