/** The guest's first file system: a static busybox, the modules it needs, and a script that moves on to the host's root. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

/** In the order in which they depend on each other, as `modinfo` names it for Debian's 6.1 kernel. */
const MODULES = [
  "drivers/virtio/virtio_ring.ko",
  "drivers/virtio/virtio.ko",
  "drivers/virtio/virtio_pci_modern_dev.ko",
  "drivers/virtio/virtio_pci_legacy_dev.ko",
  "drivers/virtio/virtio_pci.ko",
  "net/core/failover.ko",
  "drivers/net/net_failover.ko",
  "drivers/net/virtio_net.ko",
  "fs/netfs/netfs.ko",
  "fs/fscache/fscache.ko",
  "net/9p/9pnet.ko",
  "net/9p/9pnet_virtio.ko",
  "fs/9p/9p.ko",
  "fs/overlayfs/overlay.ko",
  "drivers/usb/common/usb-common.ko",
  "drivers/usb/core/usbcore.ko",
  "drivers/hid/hid.ko",
  "drivers/hid/hid-generic.ko",
  "drivers/hid/usbhid/usbhid.ko",
  "drivers/usb/usbip/usbip-core.ko",
  "drivers/usb/usbip/vhci-hcd.ko",
];

/** The host's root is read-only; an overlay in memory takes whatever the guest writes. 10.0.2.x is QEMU's user network. */
const INIT = `#!/bin/busybox sh
PATH=/bin
/bin/busybox mkdir -p /proc /sys /host /over /root
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module" || echo "insmod $module failed"; done < /modules/order
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /host
mount -t tmpfs over /over
mkdir /over/upper /over/work
mount -t overlay -o lowerdir=/host,upperdir=/over/upper,workdir=/over/work over /root
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t devtmpfs dev /root/dev
mkdir -p /root/dev/pts
mount -t devpts pts /root/dev/pts
mount -t tmpfs run /root/run
ifconfig lo 127.0.0.1
ifconfig eth0 10.0.2.15 netmask 255.255.255.0
route add default gw 10.0.2.2
chroot /root /bin/sh -c "$(sed 's/.*dbgseq\\.run="\\([^"]*\\)".*/\\1/' /proc/cmdline)"
poweroff -f
`;

export function initramfs(busybox: string, modules: string): Buffer {
  const archive = new Cpio();
  archive.folder("bin");
  archive.folder("dev");
  archive.folder("modules");
  archive.file("init", Buffer.from(INIT), 0o755);
  archive.file("bin/busybox", readFileSync(busybox), 0o755);
  for (const path of MODULES) {
    archive.file(`modules/${basename(path)}`, readFileSync(join(modules, path)), 0o644);
  }
  const order = MODULES.map((path) => `${basename(path)}\n`).join("");
  archive.file("modules/order", Buffer.from(order), 0o644);
  return gzipSync(archive.end(), { level: 1 });
}

/** The "newc" form that the kernel reads (Documentation/driver-api/early-userspace/buffer-format.rst). */
class Cpio {
  readonly #parts: Buffer[] = [];
  #inode = 0;

  folder(path: string): void {
    this.#entry(path, 0o040755, Buffer.alloc(0));
  }

  file(path: string, content: Buffer, mode: number): void {
    this.#entry(path, 0o100000 | mode, content);
  }

  end(): Buffer {
    this.#entry("TRAILER!!!", 0, Buffer.alloc(0));
    return Buffer.concat(this.#parts);
  }

  #entry(path: string, mode: number, content: Buffer): void {
    this.#inode += 1;
    const name = Buffer.from(`${path}\0`);
    // inode, mode, uid, gid, links, mtime, size, four device numbers, size of the name, checksum
    const fields = [this.#inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
    this.#parts.push(padded(Buffer.concat([Buffer.from(header), name])), padded(content));
  }
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
