double paretoEntropy(double t) {
    return (Math.log(t) + t + 1) / Math.log(2);   // in bits
}
