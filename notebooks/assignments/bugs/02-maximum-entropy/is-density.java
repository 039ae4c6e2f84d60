boolean isDensity(DoubleUnaryOperator p) {
    double mass = 0;
    for (int i = 0; i < 1000; i++) {
        mass += p.applyAsDouble((i + 0.5) / 1000) / 1000;
    }
    return Math.abs(mass - 1) < 1e-3;   // and what of negative ones?
}
