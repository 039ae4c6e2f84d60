int sample(double[] p, double u) {
    double left = u;
    int i = 0;
    while (i < p.length && left >= p[i]) {
        left -= p[i++];
    }
    if (i == p.length) {
        do {
            i--;
        } while (i > 0 && p[i] == 0);
    }
    return i;
}
