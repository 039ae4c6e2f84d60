double derivative(double x, double y, double slope, double curvature) {
    double direct = 2 * Math.exp(x) * y * slope * slope;
    double explicit = 2 * Math.exp(x) * y * y * slope;
    double bending = 2 * Math.exp(x) * y * y * curvature;
    return direct - explicit - bending;
}
