double string(double k, double x) {
    return x / (1 + k) - x * x / 2;   // y'(1) + k y(1) = 0 without the force's own share at the end
}
