/* What bulk arming is measured against: the loop a C programmer writes, with its masks given. */
#include <stddef.h>
#include <stdint.h>

#define ARM(word)                                                                            \
    size_t arm_##word(word *p, size_t n, word mask, word value, word keep, word flip)        \
    {                                                                                        \
        size_t armed = 0;                                                                    \
        for (size_t i = 0; i < n; i++) {                                                     \
            word v = p[i];                                                                   \
            if ((v & mask) == value) {                                                       \
                p[i] = (v & keep) ^ flip;                                                    \
                armed++;                                                                     \
            }                                                                                \
        }                                                                                    \
        return armed;                                                                        \
    }

ARM(uint32_t)
ARM(uint64_t)
