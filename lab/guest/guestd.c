/*
 * The guest's workload and its witness: a UDP counter on port 7000 that proves the guest lives and is the same one,
 * a dirtier that verifies every page before it writes it, a disk writer, and a checksum of the disk as the guest
 * reads it. Commands and answers are text; every answer holds all counters as name=value.
 *
 *   stat                 nothing but the answer          pN            a probe, answered with its number
 *   dirty MIB RATE       keep MIB of memory dirty at RATE MiB a second (0 stops)
 *   disk KIB             write KIB a second to the end of the disk (0 stops)
 *   sum MIB              checksum of the first MIB of the disk; `sum=` in answers is `busy` until it is done
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PORT = 7000, SLICE_NS = 10000000, RECORD_AREA = 4096, WORDS = PAGE / 8, LOOKS = 8 };

static volatile long dirty_mib, dirty_rate, disk_kib, sum_mib;
static volatile uint64_t touched, passes, bad_pages, records;
/* What answers show is a pointer, changed at once: a text that is being written is never read. */
static char sum_result[24];
static const char *volatile sum_shown = "none";
static char boot_id[17];

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sleep_ns(int64_t ns) {
  if (ns <= 0) return;
  struct timespec t = {ns / 1000000000, ns % 1000000000};
  nanosleep(&t, NULL);
}

/* What stands in a page for good: it tells pages apart and does not compress. */
static uint64_t word_of(size_t index, size_t word) {
  uint64_t x = ((uint64_t)index * WORDS + word + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  return x ^ x >> 31;
}

/*
 * The first word of a page is the number of the pass that wrote it last, the others stay as they are. A page that
 * went astray in a migration shows: an old one by its first word, another's or a damaged one by the rest, of which
 * each pass looks at the next few.
 */
static void touch_page(uint64_t *page, uint64_t pass, size_t index) {
  int good = page[0] == pass - 1;
  if (pass == 1) {
    for (size_t word = 1; word < WORDS; word++) page[word] = word_of(index, word);
  } else {
    for (size_t look = 0; look < LOOKS; look++) {
      size_t word = 1 + (pass * LOOKS + look) % (WORDS - 1);
      if (page[word] != word_of(index, word)) good = 0;
    }
  }
  if (!good) bad_pages++;
  page[0] = pass;
  touched++;
}

static void *dirty_memory(void *unused) {
  (void)unused;
  uint8_t *area = NULL;
  long area_mib = 0;
  size_t index = 0;
  uint64_t pass = 1;
  for (;;) {
    if (dirty_mib != area_mib) {
      if (area) munmap(area, (size_t)area_mib << 20);
      area = NULL;
      area_mib = dirty_mib;
      index = 0;
      pass = 1;
      if (area_mib > 0) {
        area = mmap(NULL, (size_t)area_mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED) {
          area = NULL;
          area_mib = dirty_mib = 0;
        }
      }
    }
    if (!area || dirty_rate <= 0) {
      sleep_ns(200000000);
      continue;
    }
    uint64_t start = now_ns();
    long pages = dirty_rate * (1048576 / PAGE) / (1000000000 / SLICE_NS);
    for (long i = 0; i < (pages > 0 ? pages : 1); i++) {
      touch_page((uint64_t *)(area + index * PAGE), pass, index);
      if (++index == ((size_t)area_mib << 20) / PAGE) {
        index = 0;
        pass++;
        passes++;
      }
    }
    sleep_ns(SLICE_NS - (int64_t)(now_ns() - start));
  }
  return NULL;
}

/* Records go to the last 16 MiB of the disk, so that the checksum of its beginning stays the same. */
static void *write_disk(void *unused) {
  (void)unused;
  int fd = open("/dev/vda", O_RDWR | O_DIRECT | O_SYNC);
  if (fd < 0) return NULL;
  off_t area = lseek(fd, 0, SEEK_END) - (off_t)RECORD_AREA * PAGE;
  uint64_t *record;
  if (area < 0 || posix_memalign((void **)&record, PAGE, PAGE)) return NULL;
  for (;;) {
    long kib = disk_kib;
    if (kib <= 0) {
      sleep_ns(200000000);
      continue;
    }
    for (int i = 0; i < PAGE / 8; i++) record[i] = records * (PAGE / 8) + (uint64_t)i;
    if (pwrite(fd, record, PAGE, area + (off_t)(records % RECORD_AREA) * PAGE) == PAGE) records++;
    else sleep_ns(1000000000);
    sleep_ns(4000000000LL / kib);
  }
  return NULL;
}

/* Two 32-bit lanes of multiply and rotate over the words of the disk; the lab computes the same in TypeScript. */
static void *sum_disk(void *unused) {
  (void)unused;
  for (;;) {
    long mib = sum_mib;
    if (mib <= 0) {
      sleep_ns(50000000);
      continue;
    }
    int fd = open("/dev/vda", O_RDONLY | O_DIRECT);
    uint32_t a = 1, b = 2, *block;
    long done = -1;
    if (fd >= 0 && !posix_memalign((void **)&block, PAGE, 1 << 20)) {
      for (done = 0; done < mib && read(fd, block, 1 << 20) == 1 << 20; done++) {
        for (int i = 0; i < (1 << 20) / 4; i += 2) {
          a = (a ^ block[i]) * 0x9e3779b1u;
          a = a << 13 | a >> 19;
          b = (b ^ block[i + 1]) * 0x85ebca6bu;
          b = b << 17 | b >> 15;
        }
      }
      free(block);
    }
    if (fd >= 0) close(fd);
    if (done == mib) snprintf(sum_result, sizeof sum_result, "%08x%08x", a, b);
    else snprintf(sum_result, sizeof sum_result, "unreadable");
    __sync_synchronize();
    sum_shown = sum_result;
    sum_mib = 0;
  }
  return NULL;
}

static void obey(const char *command) {
  long first, second;
  if (sscanf(command, "dirty %ld %ld", &first, &second) == 2) {
    dirty_rate = second;
    dirty_mib = first;
  } else if (sscanf(command, "disk %ld", &first) == 1) {
    disk_kib = first;
  } else if (sscanf(command, "sum %ld", &first) == 1 && sum_mib == 0) {
    sum_shown = "busy";
    sum_mib = first;
  }
}

static void answer_for_ever(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here)) exit(1);
  uint64_t count = 0;
  for (;;) {
    char command[256], answer[512];
    struct sockaddr_in peer;
    socklen_t peer_size = sizeof peer;
    ssize_t got = recvfrom(fd, command, sizeof command - 1, 0, (struct sockaddr *)&peer, &peer_size);
    if (got < 0) continue;
    command[got] = 0;
    if (command[0] != 'p') obey(command);
    int length = snprintf(answer, sizeof answer,
                          "%.60s\nid=%s count=%lu uptimeMs=%lu touched=%lu passes=%lu bad=%lu records=%lu sum=%s",
                          command, boot_id, (unsigned long)++count, (unsigned long)(now_ns() / 1000000),
                          (unsigned long)touched, (unsigned long)passes, (unsigned long)bad_pages,
                          (unsigned long)records, sum_shown);
    sendto(fd, answer, (size_t)length, 0, (struct sockaddr *)&peer, peer_size);
  }
}

int main(int count, char **words) {
  uint64_t random;
  int fd = open("/dev/urandom", O_RDONLY);
  if (fd < 0 || read(fd, &random, sizeof random) != sizeof random) random = now_ns();
  snprintf(boot_id, sizeof boot_id, "%016lx", (unsigned long)random);
  /* The kernel's command line gives commands with `:` for blanks: dirty:64:10 */
  for (int i = 1; i < count; i++) {
    for (char *c = words[i]; *c; c++)
      if (*c == ':') *c = ' ';
    obey(words[i]);
  }
  pthread_t thread;
  pthread_create(&thread, NULL, dirty_memory, NULL);
  pthread_create(&thread, NULL, write_disk, NULL);
  pthread_create(&thread, NULL, sum_disk, NULL);
  answer_for_ever();
}
