/*
 * A flash algorithm for the NVMC of an nRF52840, as packs ship them: position independent, called by a debugger with the core
 * halted in between (Open-CMSIS-Pack, "Flash Programming"). 0 is success; Verify yields the address behind what it compared.
 * Nothing in it has an address of its own, so it runs from wherever it is put; see that a changed one keeps it so (no data
 * pointers, no switch tables). Built with:
 *
 *   arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -ffreestanding -nostdlib -Wl,-T,flash.ld -Wl,--build-id=none -o ../EX52.FLM flash.c
 */
typedef unsigned long u32;

#define REGISTER(address) (*(volatile u32 *)(address))

#define READY REGISTER(0x4001E400)
#define CONFIG REGISTER(0x4001E504)
#define ERASEPAGE REGISTER(0x4001E508)
#define ERASEALL REGISTER(0x4001E50C)

enum { READ_ONLY, WRITE, ERASE };

struct FlashDevice {
  unsigned short version;
  char name[128];
  unsigned short type;
  u32 address;
  u32 size;
  u32 page;
  u32 reserved;
  unsigned char erased;
  u32 program_ms;
  u32 erase_ms;
  u32 sectors[512][2];
};

__attribute__((section("DevDscr"), used)) const struct FlashDevice FlashDevice = {
  0x0101, "EX52 1 MiB NVMC", 1, 0x00000000, 0x00100000, 4096, 0, 0xFF, 1000, 1000,
  { { 0x1000, 0x0 }, { 0xFFFFFFFF, 0xFFFFFFFF } },
};

static void wait(void) {
  while ((READY & 1) == 0) {}
}

static void mode(u32 wanted) {
  wait();
  CONFIG = wanted;
}

int Init(u32 address, u32 clock, u32 phase) {
  (void)address;
  (void)clock;
  (void)phase;
  mode(READ_ONLY);
  return 0;
}

int UnInit(u32 phase) {
  (void)phase;
  mode(READ_ONLY);
  return 0;
}

static int is_erased(u32 address, u32 size) {
  for (u32 at = 0; at < size; at += 4)
    if (REGISTER(address + at) != 0xFFFFFFFF) return 0;
  return 1;
}

int EraseChip(void) {
  mode(ERASE);
  ERASEALL = 1;
  mode(READ_ONLY);
  return 0;
}

int EraseSector(u32 address) {
  mode(ERASE);
  ERASEPAGE = address;
  mode(READ_ONLY);
  return is_erased(address, 4096) ? 0 : 1;
}

int ProgramPage(u32 address, u32 size, const u32 *data) {
  mode(WRITE);
  for (u32 at = 0; at < size; at += 4) {
    REGISTER(address + at) = data[at / 4];
    wait();
  }
  mode(READ_ONLY);
  for (u32 at = 0; at < size; at += 4)
    if (REGISTER(address + at) != data[at / 4]) return 1;
  return 0;
}

int BlankCheck(u32 address, u32 size, unsigned char erased) {
  return erased == 0xFF && is_erased(address, size) ? 0 : 1;
}
