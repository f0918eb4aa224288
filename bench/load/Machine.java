import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Resident memory of a process, in KiB. */
    static long residentKib(ProcessHandle process) {
        return lines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
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
