using System.Runtime.InteropServices;

namespace Berth.Cli.Exec;

/// <summary>A list of texts in the form of C: pointers to UTF-8 texts that end with 0, and a null pointer at the end.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly int _count;

    public NativeTexts(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
            Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
    }

    public byte** Pointer { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
