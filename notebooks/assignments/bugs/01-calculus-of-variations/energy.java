double energy(double[] y) {
    double h = 1.0 / (y.length - 1), sum = 0;
    for (int i = 0; i + 1 < y.length; i++) {   // the left end of each piece alone
        sum += Math.pow(y[i + 1] - y[i], 2) / (2 * h) + h * Math.exp(y[i]);
    }
    return sum;
}
