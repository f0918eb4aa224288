package dev.oaiproxy.app.tls;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.schedule.PeriodicTask;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The certificate in force, which follows its two files. Files that cannot be used, or do not
 * belong together, are refused with an alarm, and the certificate in force stays. Connections keep
 * the one that they began with.
 */
public final class Certificates implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Certificates.class.getName());

    private final CertificateFiles files;
    private final AtomicReference<ServerCertificate> inForce;
    private CertificateFiles.Content taken;
    private String refused = "";
    private boolean doubted;
    private @Nullable PeriodicTask periodicTask;

    private Certificates(CertificateFiles files) {
        this.files = files;
        this.taken = files.content();
        this.inForce = new AtomicReference<>(ServerCertificate.of(taken));
    }

    /**
     * Reads the files for the first time.
     *
     * @throws CertificateException when they cannot be used; there is nothing to fall back to
     */
    public static Certificates open(CertificateFiles files) {
        return new Certificates(files);
    }

    public ServerCertificate current() {
        return inForce.get();
    }

    SSLContext context() {
        return inForce.get().context();
    }

    /** Looks at the files periodically, until closed. */
    public void follow(Duration every) {
        periodicTask = PeriodicTask.start("certificates", every, this::look);
    }

    /**
     * Takes the files if their content has changed. The two are seldom replaced at once, so a pair
     * that does not fit is an alarm only if the next look finds it so, too.
     */
    public synchronized void look() {
        try {
            CertificateFiles.Content content = files.content();
            boolean changed =
                    !content.certificate().equals(taken.certificate())
                            || !content.key().equals(taken.key());
            if (changed) {
                take(content);
            }
            refused = "";
            doubted = false;
        } catch (CertificateException e) {
            if (doubted) {
                refuse(String.valueOf(e.getMessage()));
            }
            doubted = true;
        }
    }

    /** Takes the files, which an operator says are complete, and returns the result as a text. */
    public synchronized String reload() {
        CertificateFiles.Content before = taken;
        doubted = true;
        look();
        if (!refused.isEmpty()) {
            return "refused, the one in force stays: " + refused;
        }
        return taken.equals(before) ? "unchanged" : "taken";
    }

    @Override
    public void close() {
        if (periodicTask != null) {
            periodicTask.close();
        }
    }

    private void take(CertificateFiles.Content content) {
        ServerCertificate fresh = ServerCertificate.of(content);
        inForce.set(fresh);
        taken = content;
        LOG.log(
                Level.INFO,
                "event=certificate_taken subject=\"{0}\" expires={1}",
                fresh.subject(),
                fresh.expires());
    }

    private void refuse(String why) {
        if (!why.equals(refused)) {
            Alarms.raise(
                    LOG,
                    "certificate_refused",
                    "in_force=\"{0}\" expires={1} why=\"{2}\"",
                    current().subject(),
                    current().expires(),
                    why);
        }
        refused = why;
    }
}
