using System.Buffers;

namespace Berth.Echo.Tcp;

/// <summary>
/// Divides the bytes of a client into pieces and answers each with <c>LOCALADDR PIECE</c>. A piece is a line with its end (<c>\n</c>); a
/// longer line is cut at the limit. The caller decides when to answer bytes without a line end: when the client pauses or ends.
/// </summary>
internal sealed class LineFraming(byte[] prefix, int maxLength) : IDisposable
{
    private byte[]? _partial;
    private int _count;

    /// <summary>True when there are bytes without a line end.</summary>
    public bool HasPartial => _count > 0;

    /// <summary>True after the first line end. This client then sends lines, and a pause within a line has no meaning.</summary>
    public bool SpeaksInLines { get; private set; }

    public void Feed(ReadOnlySpan<byte> received, IBufferWriter<byte> answers)
    {
        while (!received.IsEmpty)
        {
            int newline = received.IndexOf((byte)'\n');
            int wanted = newline < 0 ? received.Length : newline + 1;
            int taken = Math.Min(wanted, maxLength - _count);
            Hold(received[..taken]);
            received = received[taken..];
            bool isLine = newline >= 0 && taken == wanted;
            SpeaksInLines |= isLine;
            if (isLine || _count == maxLength)
                AnswerPartial(answers);
        }
    }

    /// <summary>Answers the bytes that have no line end.</summary>
    public void AnswerPartial(IBufferWriter<byte> answers)
    {
        if (_count == 0)
            return;
        Span<byte> answer = answers.GetSpan(prefix.Length + 1 + _count);
        prefix.CopyTo(answer);
        answer[prefix.Length] = (byte)' ';
        _partial.AsSpan(0, _count).CopyTo(answer[(prefix.Length + 1)..]);
        answers.Advance(prefix.Length + 1 + _count);
        _count = 0;
    }

    /// <summary>Returns the memory until bytes arrive again. Unanswered bytes stay.</summary>
    public void Rest()
    {
        if (_count > 0 || _partial is null)
            return;
        ArrayPool<byte>.Shared.Return(_partial);
        _partial = null;
    }

    public void Dispose()
    {
        _count = 0;
        Rest();
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        byte[]? before = _partial;
        if (before is null || before.Length < _count + bytes.Length)
        {
            _partial = ArrayPool<byte>.Shared.Rent(Math.Min(maxLength, Math.Max(_count + bytes.Length, 256)));
            if (before is not null)
            {
                before.AsSpan(0, _count).CopyTo(_partial);
                ArrayPool<byte>.Shared.Return(before);
            }
        }

        bytes.CopyTo(_partial.AsSpan(_count));
        _count += bytes.Length;
    }
}
