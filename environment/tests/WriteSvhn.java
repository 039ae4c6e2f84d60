import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lowerbound.data.ImageData;
import org.lowerbound.data.StreetDigits;

/**
 * Writes house numbers that the library generates as files of SVHN's format 2 (MATLAB, level 5, as the
 * format's documentation has it): {@code X [32, 32, 3, n]}, {@code y [n, 1]} with 10 for the digit 0.
 */
public class WriteSvhn {

  /** Folder, number of pictures for training, number for test. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    write(folder.resolve("train_32x32.mat"), StreetDigits.of(Integer.parseInt(arguments[1]), 11).materialised());
    write(folder.resolve("test_32x32.mat"), StreetDigits.of(Integer.parseInt(arguments[2]), 12).materialised());
  }

  static void write(Path file, ImageData pictures) throws IOException {
    int n = pictures.size();
    ByteBuffer x = ByteBuffer.allocate(3072 * n);
    ByteBuffer y = ByteBuffer.allocate(n);
    for (int i = 0; i < n; i++) {
      byte[] levels = pictures.pixels(i);
      for (int at = 0; at < levels.length; at++) {
        // Column by column: the row runs first.
        x.put(at / 32 % 32 + 32 * (at % 32 + 32 * (at / 1024 + 3 * i)), levels[at]);
      }
      y.put(i, (byte) (pictures.label(i) == 0 ? 10 : pictures.label(i)));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer head = little(128);
      head.put(String.format("%-124s", "MATLAB 5.0 MAT-file").getBytes(StandardCharsets.US_ASCII));
      head.putShort((short) 0x0100).put((byte) 'I').put((byte) 'M');
      out.write(head.array());
      out.write(matrix("X", x.array(), 32, 32, 3, n));
      out.write(matrix("y", y.array(), n, 1));
    }
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An array of unsigned bytes: flags, dimensions, name, values, each with its tag and on 8 bytes. */
  private static byte[] matrix(String name, byte[] values, int... dimensions) {
    int padded = (values.length + 7) / 8 * 8;
    int body = 16 + 8 + (4 * dimensions.length + 7) / 8 * 8 + 16 + 8 + padded;
    ByteBuffer all = little(8 + body);
    all.putInt(14).putInt(body);
    all.putInt(6).putInt(8).putInt(9).putInt(0);
    all.putInt(5).putInt(4 * dimensions.length);
    for (int length : dimensions) {
      all.putInt(length);
    }
    all.putInt(1).putInt(1).put((byte) name.charAt(0)).position(all.position() + 7);
    all.putInt(2).putInt(values.length).put(values);
    return all.array();
  }
}
