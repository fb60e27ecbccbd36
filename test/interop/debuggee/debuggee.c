/*
 * What GDB debugs on the simulated core: calls that nest, data and a function in RAM, an interrupt that comes by itself.
 * arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -g -Og -ffreestanding -nostdlib -fno-builtin -Wl,-T,debuggee.ld
 *   -Wl,-z,max-page-size=4 -Wl,--build-id=none -fdebug-prefix-map=$PWD=. debuggee.c -o debuggee.elf
 */
#include <stdint.h>

extern uint32_t stack_top, data_from, data_start, data_end, bss_start, bss_end;

volatile uint32_t ticks;
volatile uint32_t rounds = 7;
uint32_t squares[8];

__attribute__((noinline)) uint32_t factorial(uint32_t n) {
  if (n < 2)
    return 1;
  return n * factorial(n - 1);
}

__attribute__((noinline)) uint32_t sum(const uint32_t *values, uint32_t count) {
  uint32_t total = 0;
  for (uint32_t at = 0; at < count; at++)
    total += values[at];
  return total;
}

/* Flash takes no software breakpoint; this does. */
__attribute__((noinline, section(".ramcode"))) uint32_t in_ram(uint32_t value) {
  return value ^ 0x55;
}

volatile uint32_t result;
volatile uint32_t masked;

int main(void) {
  *(volatile uint32_t *)0xE000E014 = 15999;
  *(volatile uint32_t *)0xE000E018 = 0;
  *(volatile uint32_t *)0xE000E010 = 7;
  for (;;) {
    for (uint32_t at = 0; at < 8; at++)
      squares[at] = at * at;
    result = sum(squares, 8) + factorial(6);
    masked = in_ram(result);
    rounds++;
  }
}

void tick(void) {
  ticks++;
}

void fault(void) {
  for (;;) {
  }
}

void start(void) {
  for (uint32_t *to = &data_start, *from = &data_from; to < &data_end;)
    *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;)
    *to++ = 0;
  main();
}

__attribute__((section(".vectors"), used)) void *const vectors[16] = {
    &stack_top, start, fault, fault, fault, fault, fault, [15] = tick,
};
