double[] dice(double lambda) {
    double[] p = new double[6];
    double sum = 0;
    for (int face = 1; face <= 6; face++) {
        sum += Math.exp(-lambda * face);
    }
    double Z = 1 / sum;
    for (int face = 1; face <= 6; face++) {
        p[face - 1] = Math.exp(-lambda * face) / Z;
    }
    return p;
}
