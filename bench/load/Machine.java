import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.MemoryMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What processes have cost so far, by Linux's {@code /proc} and by the JVM's own counters. */
final class Machine {
    /** The kernel tells CPU time in hundredths of a second, whatever its own clock is. */
    private static final long MICROS_A_TICK = 10_000;

    private Machine() {}

    /**
     * What a process and its children have used since they began.
     *
     * @param cpuMicros user and system time
     * @param switches context switches of the threads that live
     * @param allocated bytes of a JVM's heap; 0 for others
     */
    record Cost(long cpuMicros, long switches, long allocated) {
        Cost since(Cost earlier) {
            return new Cost(
                    cpuMicros - earlier.cpuMicros,
                    switches - earlier.switches,
                    allocated - earlier.allocated);
        }
    }

    /** Microseconds of CPU and context switches of a process and its children. */
    static Cost cost(ProcessHandle process) {
        long cpu = 0;
        long switches = 0;
        for (ProcessHandle one :
                Stream.concat(Stream.of(process), process.descendants()).toList()) {
            cpu += cpuMicros(one.pid());
            switches += switches(one.pid());
        }
        return new Cost(cpu, switches, 0);
    }

    private static long cpuMicros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_A_TICK;
        } catch (IOException gone) {
            return 0;
        }
    }

    private static long switches(long pid) {
        long sum = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                for (String line : lines(task.resolve("status"))) {
                    if (line.contains("voluntary_ctxt_switches")) {
                        sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                    }
                }
            }
        } catch (IOException gone) {
            return sum;
        }
        return sum;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Resident memory of a process and its children, in MiB. */
    static double residentMib(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                        .flatMap(one -> lines(Path.of("/proc/" + one.pid() + "/status")).stream())
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
    }

    /** The load of the last minute, in threads that want to run. */
    static double load() {
        return lines(Path.of("/proc/loadavg")).stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(0, line.indexOf(' '))))
                .findFirst()
                .orElse(0);
    }

    static String processor() {
        return lines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** The median time that the disk takes for a flush of 4 KiB, in milliseconds. */
    static double flushMillis(Path folder) throws IOException {
        Path file = folder.resolve("flush");
        double[] times = new double[41];
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < times.length; i++) {
                long begun = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096), i * 4096L);
                channel.force(false);
                times[i] = (System.nanoTime() - begun) / 1e6;
            }
        }
        Files.delete(file);
        Arrays.sort(times);
        return times[times.length / 2];
    }

    /** The counters of another JVM of this user. */
    static final class Jvm implements AutoCloseable {
        private final JMXConnector connector;
        private final ThreadMXBean threads;
        private final MemoryMXBean memory;

        Jvm(ProcessHandle process) {
            try {
                VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
                String address = machine.startLocalManagementAgent();
                machine.detach();
                connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
                MBeanServerConnection beans = connector.getMBeanServerConnection();
                threads = bean(beans, "Threading", ThreadMXBean.class);
                memory = bean(beans, "Memory", MemoryMXBean.class);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException("cannot attach to " + process.pid(), e);
            }
        }

        private static <T> T bean(MBeanServerConnection beans, String type, Class<T> as)
                throws JMException {
            return JMX.newMXBeanProxy(beans, new ObjectName("java.lang:type=" + type), as);
        }

        /** Bytes that all of its threads have allocated. */
        long allocated() {
            return threads.getTotalThreadAllocatedBytes();
        }

        /** Bytes of its heap that are in use after a collection. */
        long live() {
            memory.gc();
            return memory.getHeapMemoryUsage().getUsed();
        }

        @Override
        public void close() throws IOException {
            connector.close();
        }
    }
}
