#include "textflag.h"

// What each byte of a vector is compared with.
DATA quotes<>+0(SB)/8, $0x2222222222222222
DATA quotes<>+8(SB)/8, $0x2222222222222222
DATA quotes<>+16(SB)/8, $0x2222222222222222
DATA quotes<>+24(SB)/8, $0x2222222222222222
GLOBL quotes<>(SB), RODATA|NOPTR, $32

DATA slashes<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA slashes<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA slashes<>+16(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA slashes<>+24(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL slashes<>(SB), RODATA|NOPTR, $32

DATA controls<>+0(SB)/8, $0x1f1f1f1f1f1f1f1f
DATA controls<>+8(SB)/8, $0x1f1f1f1f1f1f1f1f
DATA controls<>+16(SB)/8, $0x1f1f1f1f1f1f1f1f
DATA controls<>+24(SB)/8, $0x1f1f1f1f1f1f1f1f
GLOBL controls<>(SB), RODATA|NOPTR, $32

DATA deletes<>+0(SB)/8, $0x7f7f7f7f7f7f7f7f
DATA deletes<>+8(SB)/8, $0x7f7f7f7f7f7f7f7f
DATA deletes<>+16(SB)/8, $0x7f7f7f7f7f7f7f7f
DATA deletes<>+24(SB)/8, $0x7f7f7f7f7f7f7f7f
GLOBL deletes<>(SB), RODATA|NOPTR, $32

// STOPS sets the bytes of out that are stops in in: a quote, a backslash, or at
// most 0x1F, which is what the minimum with 0x1F does not change.
#define STOPS(in, out, t1, t2) \
	VPCMPEQB in, Y1, out; \
	VPCMPEQB in, Y2, t1;   \
	VPMINUB  in, Y3, t2;   \
	VPCMPEQB in, t2, t2;   \
	VPOR     t1, out, out; \
	VPOR     t2, out, out

// func stopAVX2(p *byte, n int) (at int, high, del uint32)
TEXT ·stopAVX2(SB), NOSPLIT, $0-32
	MOVQ    p+0(FP), SI
	MOVQ    n+8(FP), CX
	VMOVDQU quotes<>(SB), Y1
	VMOVDQU slashes<>(SB), Y2
	VMOVDQU controls<>(SB), Y3
	VMOVDQU deletes<>(SB), Y4
	VPXOR   Y6, Y6, Y6         // all bytes before the stop, or'ed
	VPXOR   Y7, Y7, Y7         // of these, which were 0x7F
	XORL    AX, AX

two:
	LEAQ      64(AX), DX
	CMPQ      DX, CX
	JA        one
	VMOVDQU   (SI)(AX*1), Y0
	VMOVDQU   32(SI)(AX*1), Y5
	STOPS(Y0, Y8, Y9, Y10)
	STOPS(Y5, Y11, Y12, Y13)
	VPOR      Y8, Y11, Y9
	VPTEST    Y9, Y9
	JNZ       one              // which finds out where
	VPOR      Y0, Y6, Y6
	VPOR      Y5, Y6, Y6
	VPCMPEQB  Y0, Y4, Y9
	VPCMPEQB  Y5, Y4, Y10
	VPOR      Y9, Y7, Y7
	VPOR      Y10, Y7, Y7
	MOVQ      DX, AX
	JMP       two

one:
	LEAQ      32(AX), DX
	CMPQ      DX, CX
	JA        none
	VMOVDQU   (SI)(AX*1), Y0
	STOPS(Y0, Y8, Y9, Y10)
	VPCMPEQB  Y0, Y4, Y9
	VPMOVMSKB Y8, BX
	TESTL     BX, BX
	JNZ       found
	VPOR      Y0, Y6, Y6
	VPOR      Y9, Y7, Y7
	MOVQ      DX, AX
	JMP       one

found:
	LEAL      -1(BX), R10
	NOTL      BX
	ANDL      BX, R10          // the bits below the lowest one
	VPMOVMSKB Y0, R8
	VPMOVMSKB Y9, R9
	ANDL      R10, R8
	ANDL      R10, R9
	POPCNTL   R10, R10
	ADDQ      R10, AX
	JMP       end

none:
	XORL R8, R8
	XORL R9, R9

end:
	VPMOVMSKB Y6, R10
	VPMOVMSKB Y7, R11
	ORL       R10, R8
	ORL       R11, R9
	VZEROUPPER
	MOVQ      AX, at+16(FP)
	MOVL      R8, high+24(FP)
	MOVL      R9, del+28(FP)
	RET

DATA cases<>+0(SB)/8, $0x2020202020202020
DATA cases<>+8(SB)/8, $0x2020202020202020
DATA cases<>+16(SB)/8, $0x2020202020202020
DATA cases<>+24(SB)/8, $0x2020202020202020
GLOBL cases<>(SB), RODATA|NOPTR, $32

DATA opens<>+0(SB)/8, $0x7b7b7b7b7b7b7b7b
DATA opens<>+8(SB)/8, $0x7b7b7b7b7b7b7b7b
DATA opens<>+16(SB)/8, $0x7b7b7b7b7b7b7b7b
DATA opens<>+24(SB)/8, $0x7b7b7b7b7b7b7b7b
GLOBL opens<>(SB), RODATA|NOPTR, $32

DATA shuts<>+0(SB)/8, $0x7d7d7d7d7d7d7d7d
DATA shuts<>+8(SB)/8, $0x7d7d7d7d7d7d7d7d
DATA shuts<>+16(SB)/8, $0x7d7d7d7d7d7d7d7d
DATA shuts<>+24(SB)/8, $0x7d7d7d7d7d7d7d7d
GLOBL shuts<>(SB), RODATA|NOPTR, $32

// func nestAVX2(p *byte, n, depth int, in uint32) (at, deep int, open, shut, still uint32)
//
// A quote turns all bits behind it around, as a carry-less multiplication by all
// ones would: what is inside of a string has an odd number of quotes before it.
TEXT ·nestAVX2(SB), NOSPLIT, $0-60
	MOVQ    p+0(FP), SI
	MOVQ    n+8(FP), CX
	MOVQ    depth+16(FP), R8
	MOVL    in+24(FP), R9
	VMOVDQU quotes<>(SB), Y1
	VMOVDQU slashes<>(SB), Y2
	VMOVDQU cases<>(SB), Y3
	VMOVDQU opens<>(SB), Y4
	VMOVDQU shuts<>(SB), Y5
	XORL    AX, AX

vector:
	XORL      R12, R12
	XORL      R13, R13
	LEAQ      32(AX), DX
	CMPQ      DX, CX
	JA        end
	VMOVDQU   (SI)(AX*1), Y0
	VPCMPEQB  Y0, Y2, Y6
	VPMOVMSKB Y6, BX
	TESTL     BX, BX
	JNZ       end
	VPCMPEQB  Y0, Y1, Y6
	VPMOVMSKB Y6, R10
	VPOR      Y0, Y3, Y0         // makes braces of brackets
	VPCMPEQB  Y0, Y4, Y6
	VPMOVMSKB Y6, R12
	VPCMPEQB  Y0, Y5, Y6
	VPMOVMSKB Y6, R13
	MOVL      R10, BX
	SHLL      $1, BX
	XORL      BX, R10
	MOVL      R10, BX
	SHLL      $2, BX
	XORL      BX, R10
	MOVL      R10, BX
	SHLL      $4, BX
	XORL      BX, R10
	MOVL      R10, BX
	SHLL      $8, BX
	XORL      BX, R10
	MOVL      R10, BX
	SHLL      $16, BX
	XORL      BX, R10
	XORL      R9, R10            // what is inside of strings
	MOVL      R10, R9
	SARL      $31, R9
	NOTL      R10
	ANDL      R10, R12
	ANDL      R10, R13
	POPCNTL   R13, BX
	CMPQ      BX, R8
	JGE       end
	SUBQ      BX, R8
	POPCNTL   R12, BX
	ADDQ      BX, R8
	MOVQ      DX, AX
	JMP       vector

end:
	VZEROUPPER
	MOVQ AX, at+32(FP)
	MOVQ R8, deep+40(FP)
	MOVL R12, open+48(FP)
	MOVL R13, shut+52(FP)
	MOVL R9, still+56(FP)
	RET

DATA colons<>+0(SB)/8, $0x3a3a3a3a3a3a3a3a
DATA colons<>+8(SB)/8, $0x3a3a3a3a3a3a3a3a
DATA colons<>+16(SB)/8, $0x3a3a3a3a3a3a3a3a
DATA colons<>+24(SB)/8, $0x3a3a3a3a3a3a3a3a
GLOBL colons<>(SB), RODATA|NOPTR, $32

// func keyAVX2(p *byte, n, k, from int) (at int)
TEXT ·keyAVX2(SB), NOSPLIT, $0-40
	MOVQ    p+0(FP), SI
	MOVQ    from+24(FP), CX
	MOVL    $-1, R8
	SHLL    CX, R8              // which places of the first vector count
	MOVQ    n+8(FP), CX
	MOVQ    k+16(FP), DX
	VMOVDQU quotes<>(SB), Y1
	VMOVDQU colons<>(SB), Y2
	LEAQ    (SI)(DX*1), DI
	SUBQ    DX, CX
	SUBQ    $33, CX             // the last place of a vector
	XORL    AX, AX

next:
	VPCMPEQB  (SI)(AX*1), Y1, Y3
	VPCMPEQB  (DI)(AX*1), Y1, Y4
	VPCMPEQB  1(DI)(AX*1), Y2, Y5
	VPAND     Y3, Y4, Y3
	VPAND     Y3, Y5, Y3
	VPMOVMSKB Y3, BX
	ANDL      R8, BX
	JNZ       found
	CMPQ      AX, CX
	JGE       none
	MOVL      $-1, R8
	ADDQ      $32, AX
	CMPQ      AX, CX
	JLE       next
	MOVQ      CX, AX            // what is left is less than a vector: this one overlaps
	JMP       next

none:
	VZEROUPPER
	MOVQ $-1, at+32(FP)
	RET

found:
	VZEROUPPER
	BSFL BX, BX
	ADDQ BX, AX
	MOVQ AX, at+32(FP)
	RET

// The three tables of the errors that two bytes in a row can be, by the upper
// and the lower half of the first one and the upper half of the second one. An
// error is one where all three agree on a bit:
//
//	0x01 a lead byte without a continuation   0x02 a continuation behind ASCII
//	0x04 a 3-byte form that is too long       0x08 above U+10FFFF
//	0x10 a surrogate                          0x20 a 2-byte form that is too long
//	0x40 a 4-byte form too long, or far above 0x80 two continuations
DATA firstUpper<>+0(SB)/8, $0x0202020202020202
DATA firstUpper<>+8(SB)/8, $0x4915012180808080
GLOBL firstUpper<>(SB), RODATA|NOPTR, $16

DATA firstLower<>+0(SB)/8, $0xcbcbcb8b8383a3e7
DATA firstLower<>+8(SB)/8, $0xcbcbdbcbcbcbcbcb
GLOBL firstLower<>(SB), RODATA|NOPTR, $16

DATA secondUpper<>+0(SB)/8, $0x0101010101010101
DATA secondUpper<>+8(SB)/8, $0x01010101babaaee6
GLOBL secondUpper<>(SB), RODATA|NOPTR, $16

DATA halves<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA halves<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL halves<>(SB), RODATA|NOPTR, $16

DATA threes<>+0(SB)/8, $0x6060606060606060 // 0xE0 - 0x80
DATA threes<>+8(SB)/8, $0x6060606060606060
GLOBL threes<>(SB), RODATA|NOPTR, $16

DATA fours<>+0(SB)/8, $0x7070707070707070 // 0xF0 - 0x80
DATA fours<>+8(SB)/8, $0x7070707070707070
GLOBL fours<>(SB), RODATA|NOPTR, $16

DATA tops<>+0(SB)/8, $0x8080808080808080
DATA tops<>+8(SB)/8, $0x8080808080808080
GLOBL tops<>(SB), RODATA|NOPTR, $16

// CHECK adds the errors of the 32 bytes in Y0 to Y15. Y14 are the 32 before. Y9
// to Y11 become the bytes one, two and three back. Two continuations in a row
// are right where a lead of three or four stands two back, or one of four three
// back, and only there: the subtractions leave bit 7 for these.
#define CHECK \
	VPERM2I128 $0x21, Y0, Y14, Y8; \
	VPALIGNR   $15, Y8, Y0, Y9; \
	VPALIGNR   $14, Y8, Y0, Y10;       \
	VPALIGNR   $13, Y8, Y0, Y11;       \
	VPSRLW     $4, Y9, Y12;            \
	VPAND      Y4, Y12, Y12;           \
	VPSHUFB    Y12, Y1, Y12;           \
	VPAND      Y4, Y9, Y13;            \
	VPSHUFB    Y13, Y2, Y13;           \
	VPAND      Y12, Y13, Y12;          \
	VPSRLW     $4, Y0, Y13;            \
	VPAND      Y4, Y13, Y13;           \
	VPSHUFB    Y13, Y3, Y13;           \
	VPAND      Y12, Y13, Y12;          \
	VPSUBUSB   Y5, Y10, Y10; \
	VPSUBUSB   Y6, Y11, Y11; \
	VPOR       Y10, Y11, Y10;          \
	VPAND      Y7, Y10, Y10;           \
	VPXOR      Y10, Y12, Y12; \
	VPOR       Y12, Y15, Y15;          \
	VMOVDQA    Y0, Y14

// func utf8AVX2(p *byte, n int, tail *[32]byte) bool
TEXT ·utf8AVX2(SB), NOSPLIT, $0-25
	MOVQ           p+0(FP), SI
	MOVQ           n+8(FP), CX
	MOVQ           tail+16(FP), DI
	VBROADCASTI128 firstUpper<>(SB), Y1
	VBROADCASTI128 firstLower<>(SB), Y2
	VBROADCASTI128 secondUpper<>(SB), Y3
	VBROADCASTI128 halves<>(SB), Y4
	VBROADCASTI128 threes<>(SB), Y5
	VBROADCASTI128 fours<>(SB), Y6
	VBROADCASTI128 tops<>(SB), Y7
	VPXOR          Y14, Y14, Y14
	VPXOR          Y15, Y15, Y15
	XORL           AX, AX

block:
	LEAQ    32(AX), DX
	CMPQ    DX, CX
	JA      last
	VMOVDQU (SI)(AX*1), Y0
	CHECK
	MOVQ    DX, AX
	JMP     block

last:
	VMOVDQU (DI), Y0
	CHECK
	VPTEST  Y15, Y15
	SETEQ   ret+24(FP)
	VZEROUPPER
	RET

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET
