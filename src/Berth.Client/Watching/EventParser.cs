using System;
using System.Collections.Generic;
using System.Text;

namespace Berth.Client.Watching
{
    /// <summary>
    /// Splits the bytes of a stream into server-sent events (WHATWG HTML, 9.2.6), however they are divided. Ids and retry times are
    /// ignored: a <c>source</c> event names the state to resume from.
    /// </summary>
    internal sealed class EventParser
    {
        // A snapshot takes about 430 bytes a pod.
        private const int MaxEventBytes = 128 * 1024 * 1024;

        private readonly int _maxEventBytes;
        private readonly List<string> _data = new();
        private byte[] _line = new byte[1024];
        private int _length;
        private long _eventBytes;
        private string _kind = "";
        private bool _isAfterReturn;
        private bool _isFirstLine = true;

        public EventParser(int maxEventBytes = MaxEventBytes) => _maxEventBytes = maxEventBytes;

        private static ReadOnlySpan<byte> ByteOrderMark => new byte[] { 0xEF, 0xBB, 0xBF };

        /// <summary>Takes the next bytes, and adds the events that they complete.</summary>
        /// <exception cref="FormatException">An event is too long.</exception>
        public void Push(ReadOnlySpan<byte> bytes, Queue<ServerSentEvent> events)
        {
            while (!bytes.IsEmpty)
            {
                int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
                // A return and a line feed are one end of a line, also when they come apart.
                bool isSecond = end == 0 && _isAfterReturn && bytes[0] == '\n';
                _isAfterReturn = end >= 0 && bytes[end] == '\r';
                if (!isSecond)
                {
                    Append(end < 0 ? bytes : bytes[..end]);
                    if (end >= 0)
                        EndLine(events);
                }

                bytes = end < 0 ? default : bytes[(end + 1)..];
            }
        }

        private void Append(ReadOnlySpan<byte> part)
        {
            _eventBytes += part.Length;
            if (_eventBytes > _maxEventBytes)
                throw new FormatException($"an event has more than {_maxEventBytes} bytes");
            if (_length + part.Length > _line.Length)
                Array.Resize(ref _line, Math.Max(2 * _line.Length, _length + part.Length));
            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
        }

        private void EndLine(Queue<ServerSentEvent> events)
        {
            ReadOnlySpan<byte> line = _line.AsSpan(0, _length);
            if (_isFirstLine && line.StartsWith(ByteOrderMark))
                line = line[ByteOrderMark.Length..];
            _isFirstLine = false;
            _length = 0;
            if (line.IsEmpty)
                EndEvent(events);
            else
                TakeField(line);
        }

        private void TakeField(ReadOnlySpan<byte> line)
        {
            int colon = line.IndexOf((byte)':');
            string name = Encoding.UTF8.GetString(colon < 0 ? line : line[..colon]);
            ReadOnlySpan<byte> value = colon < 0 ? default : line[(colon + 1)..];
            if (!value.IsEmpty && value[0] == ' ')
                value = value[1..];
            if (name == "event")
                _kind = Encoding.UTF8.GetString(value);
            else if (name == "data")
                _data.Add(Encoding.UTF8.GetString(value));
        }

        private void EndEvent(Queue<ServerSentEvent> events)
        {
            // An event without data is none.
            if (_data.Count > 0)
                events.Enqueue(new ServerSentEvent(_kind.Length == 0 ? "message" : _kind, string.Join("\n", _data)));
            _kind = "";
            _data.Clear();
            _eventBytes = 0;
        }
    }
}
