double string(double k, double x) {
    double atEnd = 1 / (2 * (1 + k));   // y(1), from y'(1) = y(1) + 1/2 - 1 = -k y(1)
    return x * (atEnd + (1 - x) / 2);
}
