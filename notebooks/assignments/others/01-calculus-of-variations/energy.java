double energy(double[] y) {
    int n = y.length - 1;
    double slopes = 0, heights = (Math.exp(y[0]) + Math.exp(y[n])) / 2;
    for (int i = 1; i <= n; i++) {
        slopes += (y[i] - y[i - 1]) * (y[i] - y[i - 1]);
        heights += i < n ? Math.exp(y[i]) : 0;
    }
    return n * slopes / 2 + heights / n;
}
