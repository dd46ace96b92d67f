using System.Runtime.CompilerServices;
using System.Text.Json;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Reads one page of a list, and checks that it is a list.</summary>
internal static class ListReader
{
    /// <summary>The largest object of a list, in bytes.</summary>
    public const int MaxItemLength = 16 * 1024 * 1024;

    // Several times a full slice of 100 endpoints (30 KiB in JSON, 14 KiB in protobuf), because the object that is cut at the end of each
    // pass is read twice.
    private const int FirstLength = 128 * 1024;

    /// <summary>Reads to the end, and adds the objects to <paramref name="items"/>.</summary>
    /// <exception cref="ResourceFormatException">It is not a list of this kind, or not complete.</exception>
    public static async Task<ListAnswer> ReadAsync<T>(
        Stream body,
        bool isProtobuf,
        IResourceDecoder<T> decoder,
        List<T> items,
        ReadPatience patience,
        CancellationToken cancellationToken)
        where T : class, IResource
    {
        IListParser parser = isProtobuf ? new ProtobufListParser<T>(decoder.Protobuf!, items) : new ListParser<T>(decoder, items);
        byte[] buffer = ReadBuffers.Rent(FirstLength);
        try
        {
            int length = 0;
            while (true)
            {
                // Fill the buffer before each pass. A cut object is then read again each time the buffer doubles, not for each packet.
                int read = await FillAsync(body, buffer, length, patience, cancellationToken).ConfigureAwait(false);
                bool final = length + read < buffer.Length;
                length += read;
                int consumed = Consume(parser, buffer.AsSpan(0, length), final);
                if (final)
                    break;
                length -= consumed;
                buffer.AsSpan(consumed, length).CopyTo(buffer);
                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
            }
        }
        finally
        {
            ReadBuffers.Return(buffer);
        }

        Check(parser, decoder);
        return parser.Answer;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> FillAsync(
        Stream body, byte[] buffer, int length, ReadPatience patience, CancellationToken cancellationToken)
    {
        int total = 0;
        while (length + total < buffer.Length)
        {
            int read = await patience.ReadAsync(body, buffer.AsMemory(length + total), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    private static int Consume(IListParser parser, ReadOnlySpan<byte> data, bool final)
    {
        try
        {
            return parser.Consume(data, final);
        }
        catch (JsonException exception)
        {
            throw new ResourceFormatException(
                final && data.IsEmpty ? "the answer is empty" : "the answer is not valid JSON, or is cut short", exception);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        if (length >= MaxItemLength)
            throw new ResourceFormatException($"one object of the list is longer than {MaxItemLength / (1024 * 1024)} MiB");
        byte[] next = ReadBuffers.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(next);
        ReadBuffers.Return(buffer);
        return next;
    }

    private static void Check<T>(IListParser parser, IResourceDecoder<T> decoder)
        where T : class, IResource
    {
        ListAnswer answer = parser.Answer;
        if (!parser.IsComplete)
            throw new ResourceFormatException("the answer is cut short");
        if (answer.Kind != decoder.ListKind || answer.ApiVersion != decoder.ApiVersion)
        {
            throw new ResourceFormatException(
                $"the answer is of kind '{answer.Kind}' in '{answer.ApiVersion}', not {decoder.ListKind} in {decoder.ApiVersion}");
        }

        if (!answer.HasItems)
            throw new ResourceFormatException("the list has no items field");
        if (string.IsNullOrEmpty(answer.ResourceVersion))
            throw new ResourceFormatException("the list has no resourceVersion");
    }
}
