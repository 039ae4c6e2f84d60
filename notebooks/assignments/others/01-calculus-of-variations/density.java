double density(double x, double mu, double b) {
    double z = x > mu ? x - mu : mu - x;
    return 0.5 / b * Math.exp(-z / b);
}
