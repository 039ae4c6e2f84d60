package org.lowerbound.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numeric variables of a MATLAB file of level 5, as MATLAB saves with {@code -v6} and {@code -v7}
 * and scipy's {@code savemat} by default (MathWorks, "MAT-File Format"). An array of MATLAB's
 * {@code [m, n]} is {@code [m, n]} here too, so that {@code X(i, j)} is {@code rows()[i - 1][j -
 * 1]}.
 *
 * <p>Memory grows with the values that are really there. Every method throws {@link DataException}
 * with reason {@code MALFORMED} for a file that is truncated, damaged or of another kind (version
 * 7.3 is HDF5 and is named as that), {@code STORAGE} for one that cannot be read.
 */
public final class MatlabFile {

  private MatlabFile() {}

  /**
   * Reads all real numeric variables, by name, in the order of the file. Text, structs, cells,
   * sparse and complex variables are passed over.
   */
  public static Map<String, NumericArray> arrays(Path file) {
    Map<String, NumericArray> arrays = new LinkedHashMap<>();
    try (Matlab mat = Matlab.open(file)) {
      while (mat.next()) {
        if (mat.numeric()) {
          arrays.put(mat.name(), mat.array());
        }
      }
    }
    return Collections.unmodifiableMap(arrays);
  }

  /**
   * Reads one real numeric variable.
   *
   * @throws DataException also if the file has no variable of that name, or it holds no real
   *     numbers; the message lists the variables that are there
   */
  public static NumericArray array(Path file, String name) {
    List<String> present = new ArrayList<>();
    NumericArray array = null;
    try (Matlab mat = Matlab.open(file)) {
      while (mat.next()) {
        present.add(mat.describe());
        if (mat.name().equals(name) && mat.numeric()) {
          array = mat.array();
        }
      }
    }
    if (array == null) {
      throw new DataException(
          DataException.Reason.MALFORMED,
          "The file "
              + file
              + " has no numeric variable "
              + name
              + "; it has "
              + (present.isEmpty() ? "none at all" : String.join(", ", present))
              + ".");
    }
    return array;
  }
}
