using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Berth.Kubernetes.InProcess;

/// <summary>
/// The body of an answer, as pieces that a test pushes. Each piece comes out of a read of its own, as packets would, so a test decides
/// every boundary. A waiting reader continues inside the call that pushes; it may read on another thread.
/// </summary>
internal sealed class PushBody : Stream
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private TaskCompletionSource? _waiting;
    private bool _ended;
    private bool _broken;

    /// <summary>True once the reader has closed it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>True when it can bring nothing more.</summary>
    public bool IsOver => _ended || _broken || IsClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>An answer with this body.</summary>
    public HttpResponseMessage Answer(int status = 200, string contentType = "application/json")
    {
        HttpResponseMessage answer = new((HttpStatusCode)status) { Content = new StreamContent(this) };
        answer.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return answer;
    }

    /// <summary>A whole answer, in one piece.</summary>
    public static HttpResponseMessage Whole(int status, string body, string contentType = "application/json") =>
        Whole(status, Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>A whole answer, in one piece.</summary>
    public static HttpResponseMessage Whole(int status, byte[] body, string contentType)
    {
        PushBody whole = new();
        whole.Push(body);
        whole.End();
        return whole.Answer(status, contentType);
    }

    public void Push(ReadOnlyMemory<byte> piece)
    {
        lock (_lock)
        {
            if (piece.IsEmpty || IsOver)
                return;
            _pieces.Enqueue(piece);
        }

        Wake();
    }

    /// <summary>A clean end.</summary>
    public void End()
    {
        lock (_lock)
            _ended = true;
        Wake();
    }

    /// <summary>The connection breaks after the pushed pieces have been read.</summary>
    public void Break()
    {
        lock (_lock)
            _broken = true;
        Wake();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(IsClosed, this);
            TaskCompletionSource waiting;
            lock (_lock)
            {
                if (TryTake(buffer, out int count))
                    return count;
                waiting = _waiting = new TaskCompletionSource();
            }

            using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(
                static (source, token) => ((TaskCompletionSource)source!).TrySetCanceled(token), waiting);
            await waiting.Task.ConfigureAwait(false);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }

    private bool TryTake(Memory<byte> buffer, out int count)
    {
        count = 0;
        if (_pieces.TryPeek(out ReadOnlyMemory<byte> piece))
        {
            count = Math.Min(piece.Length, buffer.Length);
            piece[..count].CopyTo(buffer);
            _pieces.Dequeue();
            if (count < piece.Length)
                PutBack(piece[count..]);
            return true;
        }

        if (_broken)
            throw new IOException("The connection was reset by the test");
        return _ended;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        ReadOnlyMemory<byte>[] others = [.. _pieces];
        _pieces.Clear();
        _pieces.Enqueue(rest);
        foreach (ReadOnlyMemory<byte> other in others)
            _pieces.Enqueue(other);
    }

    private void Wake()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
            (waiting, _waiting) = (_waiting, null);
        waiting?.TrySetResult();
    }
}
