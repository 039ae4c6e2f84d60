double[] dice(double lambda) {
    double[] faces = new double[6];
    for (int i = 0; i < 6; i++) {
        faces[i] = i + 1;
    }
    return gibbs(faces, lambda);
}
