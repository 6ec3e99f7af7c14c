"""Says the calls: joins clips of a bank into sound, keeps the order of calls, owns the loudspeaker.

The only folder that knows sound: miniaudio and numpy live here, gTTS in `speech`.
"""
