boolean isDensity(DoubleUnaryOperator p) {
    double sum = 0;
    for (int i = 1; i < 300; i++) {
        double v = p.applyAsDouble(i / 300.0);
        if (v < 0 || Double.isNaN(v)) return false;
        sum += v / 300;
    }
    sum += (p.applyAsDouble(1e-9) + p.applyAsDouble(1 - 1e-9)) / 600;
    return Math.abs(sum - 1) < 0.005;
}
