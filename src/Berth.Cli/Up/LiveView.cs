using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Cli.Up;

/// <summary>A table that redraws itself, at most as high and as wide as the terminal.</summary>
internal sealed class LiveView : IUpView
{
    private readonly TextWriter _output;
    private readonly bool _colour;
    private readonly Func<(int Width, int Height)> _size;
    private readonly Lock _drawing = new();
    private readonly PosixSignalRegistration? _resized;
    private IReadOnlyList<PodRow> _pods = [];
    private IReadOnlyList<string> _message = [];
    private IReadOnlyList<string> _troubles = [];
    private int _drawn;
    private (int Width, int Height) _drawnSize;
    private bool _disposed;

    /// <summary>Creates the view.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="colour">True when states have colours.</param>
    /// <param name="size">Returns the current size of the terminal, in characters.</param>
    public LiveView(TextWriter output, bool colour, Func<(int Width, int Height)> size)
    {
        _output = output;
        _colour = colour;
        _size = size;
        _output.Write(Ansi.HideCursor);
        if (!OperatingSystem.IsWindows())
            _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Draw());
    }

    public void ShowPods(IReadOnlyList<PodRow> pods)
    {
        _pods = pods;
        Draw();
    }

    public void ShowMessage(IReadOnlyList<string> lines)
    {
        _message = lines;
        Draw();
    }

    public void ShowTroubles(IReadOnlyList<string> lines)
    {
        if (lines.SequenceEqual(_troubles, StringComparer.Ordinal))
            return;
        _troubles = lines;
        Draw();
    }

    public void Dispose()
    {
        _resized?.Dispose();
        lock (_drawing)
        {
            _disposed = true;
            _output.Write(Ansi.ShowCursor);
            _output.Flush();
        }
    }

    private void Draw()
    {
        lock (_drawing)
        {
            if (_disposed)
                return;
            (int Width, int Height) size = _size();
            (IReadOnlyList<string> lines, int rows) = Frame.Lay(_pods, [.. _message, .. _troubles], size.Width, size.Height, _colour);
            StringBuilder text = new();

            // After a resize the terminal has wrapped the old lines again, so their number is unknown.
            if (_drawn > 0)
                text.Append(size == _drawnSize ? Ansi.Up(_drawn) : Ansi.ClearScreen);
            text.Append(Ansi.ClearBelow);
            foreach (string line in lines)
                text.Append(line).Append('\n');
            _output.Write(text.ToString());
            _output.Flush();
            _drawn = rows;
            _drawnSize = size;
        }
    }
}
