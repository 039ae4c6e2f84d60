double derivative(double x, double y, double slope, double curvature) {
    return -2 * Math.exp(x) * y * (slope * slope + y * slope + y * curvature);
}
