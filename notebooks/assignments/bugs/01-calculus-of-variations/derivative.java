double derivative(double x, double y, double slope, double curvature) {
    return 3 * x * x * y * y * Math.pow(slope, 4) - 8 * x * Math.pow(y, 3) * Math.pow(slope, 3);
}
