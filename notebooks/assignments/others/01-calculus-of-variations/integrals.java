double mass(DoubleUnaryOperator p) {
    double sum = 0;
    for (int i = 0; i < 1000; i++) sum += 0.1 * (p.applyAsDouble(-50 + 0.1 * i) + p.applyAsDouble(-50 + 0.1 * (i + 1))) / 2;
    return sum;
}
double variance(DoubleUnaryOperator p) {
    double mass = mass(p);
    double mean = mass(x -> x * p.applyAsDouble(x)) / mass;
    return mass(x -> x * x * p.applyAsDouble(x)) / mass - mean * mean;
}
