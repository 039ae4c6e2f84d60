double slopeDerivative(Integrand F, double x, double y, double slope) {
    DoubleUnaryOperator f = s -> F.at(x, y, s);
    double h = 1e-3;   // five points: the error is of order h^4
    return (f.applyAsDouble(slope - 2 * h) - 8 * f.applyAsDouble(slope - h) + 8 * f.applyAsDouble(slope + h) - f.applyAsDouble(slope + 2 * h)) / (12 * h);
}
