double logSum(double a, double b) {
    return Math.log(Math.exp(a) + Math.exp(b));
}
