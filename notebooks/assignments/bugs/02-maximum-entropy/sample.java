int sample(double[] p, double u) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
        sum += p[i];
        if (sum >= u) {   // an outcome of probability 0 can come
            return i;
        }
    }
    return p.length - 1;
}
