#!/usr/bin/env bash
# Draws the media that the sandbox embeds: a sun over the sea, one clip for each documented resolution, and samples for
# the demo page. The files are committed; run this only to change them. Needs ffmpeg with libx264 and libmp3lame.
set -euo pipefail
cd "$(dirname "$0")"

seconds=5
fps=20
quiet=(-hide_banner -loglevel error -y)

# One colour plane of the scene: sky at the top and at the horizon, sun, glow, and the three waves from far to near.
# `turn` runs from 0 to 2*PI once per clip, so that a clip loops without a jump.
plane() {
  local top=$1 horizon=$2 sun=$3 glow=$4 far=$5 middle=$6 near=$7
  local turn="(2*PI*T/$seconds)"
  local distance="hypot(X-W*(0.5+0.13*sin($turn)),Y-H*(0.40-0.07*cos($turn)))"
  local size="min(W,H)"
  local wave_far="H*(0.62+0.012*sin(2*PI*X/W*2+$turn))"
  local wave_middle="H*(0.72+0.020*sin(2*PI*X/W*1.5-$turn+1))"
  local wave_near="H*(0.84+0.028*sin(2*PI*X/W+$turn*2+2))"
  local sky="st(0,$top+($horizon-($top))*min(1,Y/(H*0.62)))"
  local light="st(1,$distance);st(0,ld(0)+$glow*exp(-ld(1)/($size*0.16)))"
  local disc="st(1,clip($size*0.14-ld(1)+0.5,0,1));st(0,ld(0)+($sun-ld(0))*ld(1))"
  local waves="" # each lies over what is behind it, with an edge of one blended pixel
  for wave in "$wave_far:$far" "$wave_middle:$middle" "$wave_near:$near"; do
    waves+="st(0,ld(0)+(${wave#*:}-ld(0))*clip(Y-${wave%:*}+0.5,0,1));"
  done
  echo "$sky;$light;$disc;${waves}clip(ld(0),0,255)"
}

# The whole scene by day or by night, as a geq filter.
scene() {
  if [ "$1" = day ]; then
    echo "format=gbrp,geq=r='$(plane 58 250 255 60 122 84 46)':g='$(plane 44 150 214 50 88 62 38)':b='$(plane 108 110 140 20 138 112 84)'"
  else
    echo "format=gbrp,geq=r='$(plane 8 44 236 40 30 20 12)':g='$(plane 12 60 240 44 52 36 22)':b='$(plane 40 110 228 60 96 72 48)'"
  fi
}

for size in 720x720 720x960 960x720 1280x720 720x1280 1280x540; do
  half=$((${size%x*} / 2))x$((${size#*x} / 2)) # drawn at half size: four times faster, and softer edges are smaller files
  ffmpeg "${quiet[@]}" -f lavfi -i "color=black:s=$half:r=$fps:d=$seconds,$(scene day),scale=${size/x/:}:flags=bicubic,format=yuv420p" \
    -an -c:v libx264 -profile:v main -pix_fmt yuv420p -preset slow -crf 34 -g 100 -movflags +faststart \
    -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$size.mp4"
done

still() { # file, size, scene, seconds into it
  ffmpeg "${quiet[@]}" -f lavfi -i "color=black:s=$2:r=1:d=1,setpts=PTS+$4/TB,$(scene "$3"),format=yuvj420p" \
    -frames:v 1 -q:v 6 -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$1"
}
still first.jpg 960x540 day 0
still last.jpg 960x540 night 2.5
still portrait.jpg 540x960 day 1.2

# A soft chord of three seconds.
ffmpeg "${quiet[@]}" -f lavfi -i "aevalsrc='0.12*(sin(2*PI*220*t)+sin(2*PI*277.18*t)+sin(2*PI*329.63*t))*min(1,t*4)*min(1,(3-t))':s=22050:d=3" \
  -c:a libmp3lame -b:a 32k -map_metadata -1 -fflags +bitexact -flags:a +bitexact audio.mp3
ls -l
