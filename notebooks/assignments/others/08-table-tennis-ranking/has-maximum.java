boolean hasMaximum(double[][] wins) {
  for (boolean forward : new boolean[] {true, false}) {   // from player 0 everyone is reached, and 0 from everyone
    Deque<Integer> open = new ArrayDeque<>(List.of(0));
    Set<Integer> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      int i = open.pop();
      for (int j = 0; j < wins.length; j++) {
        if ((forward ? wins[i][j] : wins[j][i]) > 0 && seen.add(j)) open.push(j);
      }
    }
    if (seen.size() < wins.length) return false;
  }
  return true;
}
