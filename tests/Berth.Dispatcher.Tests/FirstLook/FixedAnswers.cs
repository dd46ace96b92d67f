using System.Buffers;
using System.Text;
using Berth.Dispatcher.Connections;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>Two requests are plain, and their answer is always the same.</summary>
internal sealed class FixedAnswers : IPlainAnswers
{
    public const string Kept = "keep it\n";
    public const string Last = "close it\n";
    public const string Answer = "the answer";

    private readonly List<long> _allocated = new(100_000);
    private volatile Exception? _fault;

    public int Count => Allocated.Count;

    /// <summary>The bytes that the answering thread had allocated at each answer.</summary>
    public IReadOnlyList<long> Allocated
    {
        get
        {
            lock (_allocated)
                return [.. _allocated];
        }
    }

    /// <summary>The exception that each answer throws, or null.</summary>
    public Exception? Fault
    {
        get => _fault;
        set => _fault = value;
    }

    public bool TryAnswer(ReadOnlySpan<byte> received, IBufferWriter<byte> output, bool isTls, out bool close)
    {
        close = received.SequenceEqual("close it\n"u8);
        if (!close && !received.SequenceEqual("keep it\n"u8))
            return false;
        if (_fault is { } fault)
            throw fault;
        lock (_allocated)
            _allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        output.Advance(Encoding.ASCII.GetBytes(Answer, output.GetSpan(Answer.Length)));
        return true;
    }
}
