using System.IO.Pipelines;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>Reads what comes out of a pipe, and notes how much of it ever waited at once.</summary>
internal static class PipeText
{
    /// <summary>A pipe that holds back its writer as a connection does.</summary>
    public const int Threshold = 64 * 1024;

    public static Pipe Create() => new(new PipeOptions(pauseWriterThreshold: Threshold, resumeWriterThreshold: Threshold / 2));

    /// <summary>Runs a writer, and then ends the pipe.</summary>
    public static async Task<(string Text, long Most)> ReadAsync(Pipe pipe, Task written)
    {
        Task ended = EndAsync(pipe.Writer, written);
        StringBuilder text = new();
        long most = 0;
        bool more = true;
        while (more)
        {
            ReadResult read = await pipe.Reader.ReadAsync(DispatcherFixture.Cancelled)
                .AsTask().WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            most = Math.Max(most, read.Buffer.Length);
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            pipe.Reader.AdvanceTo(read.Buffer.End);
            more = !read.IsCompleted;
        }

        await ended;
        return (text.ToString(), most);
    }

    private static async Task EndAsync(PipeWriter writer, Task written)
    {
        await written;
        await writer.CompleteAsync();
    }
}
