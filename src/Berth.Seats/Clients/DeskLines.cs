using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Berth.Seats.Clients;

/// <summary>The lines of a desk's stream, each bounded.</summary>
internal static class DeskLines
{
    // A stream with nothing to read has no buffer: a dispatcher has one for each pod.
    private static readonly StreamPipeReaderOptions s_options = new(leaveOpen: true, useZeroByteReads: true);

    /// <summary>Reads the lines without their ends. Each is good until the next one.</summary>
    /// <exception cref="IOException">A line is too long, or the stream broke.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream body, int maxLength, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(body, s_options);
        try
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                ReadOnlySequence<byte> unread = result.Buffer;
                while (TryRead(ref unread, out ReadOnlyMemory<byte> line))
                    yield return line;
                if (unread.Length > maxLength)
                    throw new IOException($"A line of the desk has more than {maxLength} bytes.");
                reader.AdvanceTo(unread.Start, unread.End);
            }
            while (!result.IsCompleted);
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool TryRead(ref ReadOnlySequence<byte> unread, out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (unread.PositionOf((byte)'\n') is not { } end)
            return false;
        ReadOnlySequence<byte> found = unread.Slice(0, end);
        line = found.IsSingleSegment ? found.First : found.ToArray();
        unread = unread.Slice(unread.GetPosition(1, end));
        return true;
    }
}
